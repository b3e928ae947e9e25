import CMicrohttpd
import Foundations

/// One request and its answer. The socket thread owns everything but `outcome` until the handler starts, and again when
/// the answer is there.
///
/// Unchecked: the stored variables are touched by the connection's socket thread only; `outcome`, a mutex, is all that
/// the handler's task shares with it.
final class Exchange: @unchecked Sendable {
    enum Stage { case head, body, handling, answered }

    private enum Outcome {
        case none
        case handling(Task<Void, Never>?)
        case answered(HTTPResponse)
        case taken
    }

    let connection: Connection
    private let handle: OpaquePointer
    let target: RequestTarget?

    var stage = Stage.head
    var method = ""
    var headers = HTTPHeaders()
    var body: [UInt8] = []
    var bodyLimit = 0
    var received = 0
    var started: Int64 = 0
    /// Whether this request counts as in flight.
    var isCounted = false
    /// Who takes the connection when the answer is sent.
    var upgrade: (@Sendable (UpgradedSocket) -> Void)?

    func endFlight() {
        if isCounted { connection.server.flight.end() }
        isCounted = false
    }

    private let outcome = Guarded(Outcome.none)

    init(connection: Connection, handle: OpaquePointer, target: RequestTarget?) {
        self.connection = connection
        self.handle = handle
        self.target = target
    }

    /// Keeps a part of the body; what is over the limit is counted only.
    func receive(_ bytes: UnsafeBufferPointer<UInt8>) {
        received += bytes.count
        if received <= bodyLimit { body.append(contentsOf: bytes) } else { body = [] }
    }

    var isBodyTooLarge: Bool { received > bodyLimit }

    /// Suspends the connection and starts the handler, whose answer resumes it.
    func handle(target: RequestTarget) {
        stage = .handling
        let server = connection.server
        let request = HTTPRequest(
            method: method, path: target.path, rawQuery: target.query, headers: headers, body: body,
            remoteAddress: connection.remoteAddress, isUnixSocket: connection.isUnixSocket, isTLS: connection.isTLS,
            connectionEnded: { [weak self] in self?.isClientGone ?? false })
        body = []
        outcome.withLock { $0 = .handling(nil) }
        MHD_suspend_connection(handle)
        connection.setWaiting(self)
        let task = server.start {
            let response = await server.handler(request)
            self.answer(response)
        }
        outcome.withLock { if case .handling = $0 { $0 = .handling(task) } }
        if server.flight.isClosed { abandon() }
    }

    /// Gives the answer, once; a later one is dropped. May be called from any thread.
    func answer(_ response: HTTPResponse) {
        let isFirst = outcome.withLock { outcome in
            guard case .handling = outcome else { return false }
            outcome = .answered(response)
            return true
        }
        guard isFirst else { return }
        connection.setWaiting(nil)
        MHD_resume_connection(handle)
    }

    /// Looked at under the lock: until the answer is there the library cannot close the socket.
    private var isClientGone: Bool {
        outcome.withLock { outcome in
            guard case .handling = outcome else { return false }
            return connection.isClosedByPeer
        }
    }

    /// Answers 503 in place of a handler that is too late for the server's stop, and cancels it.
    func abandon() {
        let task = outcome.withLock { outcome -> Task<Void, Never>? in
            if case .handling(let task) = outcome { task } else { nil }
        }
        answer(connection.server.response(to: Refusal(503, "the server is stopping")))
        task?.cancel()
    }

    /// The answer for the socket thread to send; nil while there is none.
    func takeAnswer() -> HTTPResponse? {
        outcome.withLock { outcome in
            guard case .answered(let response) = outcome else { return nil }
            outcome = .taken
            return response
        }
    }
}
