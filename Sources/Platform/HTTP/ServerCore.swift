import Foundations

/// What all connections of one server share.
final class ServerCore: Sendable {
    struct Limits: Sendable {
        let headerTime: Int64
        let idleTime: Int64
        let minimumRate: Int64

        /// The nanoseconds that moving so many bytes may take.
        func time(for bytes: Int) -> Int64 {
            headerTime + Int64(clamping: bytes).multipliedReportingOverflow(by: 1_000_000_000).partialValue
                / minimumRate
        }
    }

    let configuration: HTTPServerConfiguration
    let start: HTTPServer.Start
    let handler: HTTPServer.Handler
    let limits: Limits
    let flight = Flight()
    let lingering = LingeringInbox()

    private let connections = Guarded<[ObjectIdentifier: Connection]>([:])
    private let lastMessage = Guarded("")

    init(
        configuration: HTTPServerConfiguration, start: @escaping HTTPServer.Start,
        handler: @escaping HTTPServer.Handler
    ) {
        self.configuration = configuration
        self.start = start
        self.handler = handler
        limits = Limits(
            headerTime: nanoseconds(seconds: max(1, configuration.headerTimeout)),
            idleTime: nanoseconds(seconds: max(1, configuration.idleTimeout)),
            minimumRate: Int64(max(1, configuration.minimumRate)))
    }

    // MARK: Connections

    var connectionCount: Int { connections.withLock { $0.count } }

    func add(_ connection: Connection) {
        connections.withLock { $0[ObjectIdentifier(connection)] = connection }
    }

    func remove(_ connection: Connection) {
        connections.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(connection)) }
    }

    /// Cuts whoever is too slow. A socket is closed only after its connection was removed here, so that under the lock
    /// no descriptor can have become another's.
    func cutLate() {
        let now = coarseNow()
        connections.withLock { for connection in $0.values { connection.cutIfLate(at: now) } }
    }

    /// Answers every request that still waits for its handler with 503.
    func abandonWaiting() {
        flight.close()
        let waiting = connections.withLock { $0.values.compactMap(\.waitingExchange) }
        for exchange in waiting { exchange.abandon() }
    }

    // MARK: Answers that the server gives by itself

    func response(to refusal: Refusal) -> HTTPResponse {
        let (contentType, body) = configuration.errorBody(refusal.status, refusal.reason)
        return HTTPResponse(
            status: refusal.status, headers: [("Content-Type", contentType), ("Connection", "close")], body: body)
    }

    /// The bytes of a whole answer, for a socket that the library does not serve (any longer).
    func rawAnswer(_ refusal: Refusal) -> [UInt8] {
        let response = response(to: refusal)
        var head = "HTTP/1.1 \(response.status) \(reasonPhrase(response.status))\r\n"
        for (name, value) in response.headers { head += "\(name): \(value)\r\n" }
        return Array((head + "Content-Length: \(response.body.count)\r\n\r\n").utf8) + response.body
    }

    // MARK: Messages of the library

    func report(_ message: String) {
        lastMessage.withLock { $0 = message }
        configuration.diagnostics?(message)
    }

    var latestMessage: String { lastMessage.withLock { $0 } }
}

func reasonPhrase(_ status: Int) -> String {
    switch status {
    case 400: "Bad Request"
    case 408: "Request Timeout"
    case 413: "Content Too Large"
    case 414: "URI Too Long"
    case 431: "Request Header Fields Too Large"
    case 503: "Service Unavailable"
    case 505: "HTTP Version Not Supported"
    default: "Error"
    }
}
