/// One request, complete with its body.
public struct HTTPRequest: Sendable {
    /// As sent: methods are case-sensitive.
    public let method: String
    /// The path as sent, still percent-encoded and without the query; starts with `/`, or is `*` (OPTIONS).
    public let path: String
    /// The query as sent, without `?`; empty where there is none.
    public let rawQuery: String
    public let headers: HTTPHeaders
    public let body: [UInt8]
    /// The client's IP address; empty on a Unix socket.
    public let remoteAddress: String
    public let isUnixSocket: Bool
    public let isTLS: Bool
    private let connectionEnded: @Sendable () -> Bool

    public init(
        method: String, path: String, rawQuery: String = "", headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [],
        remoteAddress: String = "127.0.0.1", isUnixSocket: Bool = false, isTLS: Bool = false,
        connectionEnded: @escaping @Sendable () -> Bool = { false }
    ) {
        self.method = method
        self.path = path
        self.rawQuery = rawQuery
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
        self.isUnixSocket = isUnixSocket
        self.isTLS = isTLS
        self.connectionEnded = connectionEnded
    }

    /// Whether the client has closed its end since: nobody reads the answer. False once the request is answered.
    public var isClientGone: Bool { connectionEnded() }

    public func header(_ name: String) -> String? { headers[name] }

    /// The query's fields, decoded, in order; a field without `=` has an empty value.
    public var query: [(name: String, value: String)] {
        rawQuery.utf8.split(separator: UInt8(ascii: "&")).map { field in
            let equals = field.firstIndex(of: UInt8(ascii: "=")) ?? field.endIndex
            let value = equals == field.endIndex ? field[field.endIndex...] : field[field.index(after: equals)...]
            return (formDecoded(field[..<equals]), formDecoded(value))
        }
    }
}

/// Decodes a field of a query: `+` is a space; what is no valid escape stays as it is.
private func formDecoded(_ text: Substring.UTF8View) -> String {
    let bytes = text.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }
    return percentDecoded(bytes) ?? String(decoding: bytes, as: UTF8.self)
}
