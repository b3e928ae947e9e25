import Foundations
import HTTP
import Reactor

/// The WebSockets of one server, whatever is spoken over them.
@Reactor
public final class WebSocketHub {
    public let limits: WebSocketLimits
    private var connections: [ObjectIdentifier: WebSocketConnection] = [:]
    private var isDraining = false
    private var timer: Timer?
    /// Told of every change of the number of connections.
    public var onCount: (@Reactor (Int) -> Void)?

    public init(limits: WebSocketLimits = WebSocketLimits()) { self.limits = limits }

    public var count: Int { connections.count }

    /// Bytes that all peers together have not taken yet.
    public var queuedBytes: Int { connections.values.reduce(0) { $0 + $1.queuedBytes } }

    /// The answer that opens a WebSocket.
    ///
    /// - Parameters:
    ///   - subprotocol: One of those that the client speaks, or none.
    ///   - open: Gets the connection before its first message.
    /// - Throws: `unavailable` with the server full or stopping.
    public func accept(
        _ handshake: Handshake, subprotocol: String? = nil, open: @escaping @Reactor (WebSocketConnection) -> Void
    ) throws(Failure) -> HTTPResponse {
        guard !isDraining else {
            throw Failure(.unavailable, "the server is stopping", next: "connect to another server")
        }
        guard connections.count < limits.connections else {
            throw Failure(.unavailable, "there are \(limits.connections) WebSockets already", next: "try again later")
        }
        var response = handshake.answer(subprotocol: subprotocol)
        response.upgrade = { [weak self] socket in
            Task { @Reactor in
                if let self { self.take(socket, open) } else { Self.refuse(socket) }
            }
        }
        return response
    }

    private nonisolated static func refuse(_ socket: UpgradedSocket) {
        _ = Descriptor(owning: socket.descriptor)
        socket.release()
    }

    private func take(_ socket: UpgradedSocket, _ open: @Reactor (WebSocketConnection) -> Void) {
        guard let connection = try? WebSocketConnection(socket, limits: limits) else { return }
        let key = ObjectIdentifier(connection)
        connections[key] = connection
        connection.onGone = { [weak self] in
            self?.connections[key] = nil
            self?.onCount?(self?.count ?? 0)
        }
        onCount?(count)
        if timer == nil { look() }
        guard !isDraining else { return connection.close(1001, "the server is stopping") }
        open(connection)
        connection.begin(with: socket.early)
    }

    /// Stops taking connections, lets running requests end for `grace`, closes every connection with 1001, and returns
    /// when none is left.
    public func drain(grace: Duration) async {
        isDraining = true
        timer?.cancel()
        let end = ContinuousClock.now + grace
        while connections.values.contains(where: { $0.runningRequests > 0 }), ContinuousClock.now < end {
            try? await Task.sleep(for: .milliseconds(10))
        }
        let closing = Array(connections.values)
        for connection in closing { connection.close(1001, "the server is stopping") }
        for connection in closing { await connection.untilGone() }
    }

    /// Pings those that are silent, and cuts those that stay so.
    private func look() {
        timer = Reactor.schedule(at: .now + limits.pingInterval) { [weak self] in
            guard let self, !self.isDraining else { return }
            for connection in self.connections.values { connection.look() }
            self.look()
        }
    }
}
