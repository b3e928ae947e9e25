/// Where a server listens and what it allows. Times are in seconds, sizes in bytes.
public struct HTTPServerConfiguration: Sendable {
    public enum Listener: Sendable {
        /// Port 0 takes a free one. `host` is an address or a name; an IPv6 wildcard also takes IPv4.
        case tcp(host: String, port: Int)
        /// `mode` is the permissions of the socket file. A socket file that nobody serves any more is replaced.
        case unix(path: String, mode: UInt32)
    }

    /// Paths of PEM files; only TCP listeners use TLS.
    public struct TLS: Sendable {
        public var certificate: String
        public var key: String

        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    public var listeners: [Listener]
    public var tls: TLS?
    /// Threads that read and write sockets; handlers run elsewhere.
    public var threads = 2
    /// More clients than this are answered 503.
    public var connectionLimit = 8192
    /// Request line and header together; more is answered 431.
    public var headerLimit = 16 << 10
    /// A larger body is answered 413.
    public var bodyLimit = 16 << 20
    /// The limit for the body of one method and path; nil: `bodyLimit`. Runs on a socket thread: quick, no waiting.
    public var bodyLimitFor: (@Sendable (_ method: String, _ path: String) -> Int?)?
    /// A connection on which nothing moves for this long is closed.
    public var idleTimeout = 75
    /// A request header must be complete after this long, else 408.
    public var headerTimeout = 10
    /// Past `headerTimeout`, a body must arrive, and a large answer be read, at this rate on average, per second.
    public var minimumRate = 16 << 10
    /// The body of an answer that the server gives by itself: the content type and the bytes.
    public var errorBody: @Sendable (_ status: Int, _ reason: String) -> (contentType: String, body: [UInt8])
    /// What the library below reports about single connections, for a debug log.
    public var diagnostics: (@Sendable (String) -> Void)?

    public init(
        listeners: [Listener],
        errorBody: @escaping @Sendable (Int, String) -> (contentType: String, body: [UInt8]) = {
            ("text/plain; charset=utf-8", Array("\($0) \($1)\n".utf8))
        }
    ) {
        self.listeners = listeners
        self.errorBody = errorBody
    }
}
