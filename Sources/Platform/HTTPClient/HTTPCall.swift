/// One request of a client.
public struct HTTPCall: Sendable {
    public var method: String
    /// With the query, percent-encoded; begins with a slash.
    public var target: String
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]?
    /// For the whole call; nil: as long as it takes.
    public var timeout: Duration?

    public init(
        _ method: String, _ target: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        timeout: Duration? = nil
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }
}

/// What a server answered, whatever the status.
public struct HTTPAnswer: Sendable {
    public internal(set) var status = 0
    /// In the order they came; names as sent.
    public internal(set) var headers: [(name: String, value: String)] = []
    public internal(set) var body: [UInt8] = []

    /// The last header of a name in any case.
    public func header(_ name: String) -> String? {
        headers.last { $0.name.lowercased() == name.lowercased() }?.value
    }
}
