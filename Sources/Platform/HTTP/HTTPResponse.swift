/// The answer to one request. `Content-Length`, `Date` and `Connection` are added by the server; with the method HEAD
/// the body is measured but not sent.
public struct HTTPResponse: Sendable {
    /// 200 to 999.
    public var status: Int
    /// A field whose name or value is not allowed in a header (a line break, say) is left out.
    public var headers: [(String, String)]
    public var body: [UInt8]
    /// Takes the connection once this answer, which then is a 101, is sent; runs on a socket thread: no waiting.
    public var upgrade: (@Sendable (UpgradedSocket) -> Void)?

    public init(status: Int, headers: [(String, String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Why the server itself refuses a request, before or instead of the handler.
struct Refusal: Equatable, Sendable {
    let status: Int
    /// A sentence for people.
    let reason: String

    init(_ status: Int, _ reason: String) {
        self.status = status
        self.reason = reason
    }
}
