/// What the head of a request says, checked before anything of its body is read.
struct RequestHead {
    let method: String
    let isHTTP11: Bool
    let headers: HTTPHeaders
    /// Bytes of the request line and header.
    let size: Int

    /// Why this request cannot be served; nil where it can. Where two servers in a row might see different ends of a
    /// request (both lengths, repeated lengths, an unknown coding), it is refused.
    func refusal(headerLimit: Int) -> Refusal? {
        if size > headerLimit {
            return Refusal(431, "the request header has more than \(headerLimit) bytes")
        }
        guard method.utf8.count <= 32, method.utf8.allSatisfy(isTokenByte) else {
            return Refusal(400, "the request method is malformed")
        }
        let lengths = headers.count(of: "content-length")
        if let coding = headers["transfer-encoding"] {
            guard lengths == 0 else {
                return Refusal(400, "the request has both Content-Length and Transfer-Encoding")
            }
            guard coding.utf8.count == 7, coding.lowercased() == "chunked" else {
                return Refusal(501, "the only Transfer-Encoding served is chunked")
            }
        }
        guard lengths <= 1 else { return Refusal(400, "the request has more than one Content-Length") }
        let hosts = headers.count(of: "host")
        guard hosts <= 1 else { return Refusal(400, "the request has more than one Host") }
        guard hosts == 1 || !isHTTP11 else { return Refusal(400, "the request has no Host") }
        return nil
    }
}

/// A request target split into path and query.
struct RequestTarget: Equatable {
    let path: String
    let query: String

    /// Reads the origin form, the absolute form (the host is dropped) and `*`; nil for anything else, for invalid
    /// UTF-8, spaces and control bytes.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7f }), let text = String(validating: bytes, as: UTF8.self) else {
            return nil
        }
        self.init(text)
    }

    init?(_ text: String) {
        var target = text[...]
        if target.utf8.first != UInt8(ascii: "/"), target != "*" {
            guard let scheme = ["http://", "https://"].first(where: target.lowercased().hasPrefix) else { return nil }
            target = target.dropFirst(scheme.count)
            target = target.firstIndex { $0 == "/" || $0 == "?" }.map { target[$0...] } ?? ""
            if target.utf8.first != UInt8(ascii: "/") { target = "/" + target }
        }
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else {
            (path, query) = (String(target), "")
            return
        }
        path = String(target[..<mark])
        query = String(target[target.utf8.index(after: mark)...])
    }
}

/// The bytes of a token (RFC 9110, 5.6.2).
private func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}
