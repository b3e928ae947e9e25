import CMicrohttpd
import Foundations
import Glibc
import Synchronization

/// One client's connection, from accept to close.
final class Connection: Sendable {
    /// What the peer owes.
    enum Debt: Int, Sendable { case header, body, reading }

    let server: ServerCore
    let socket: Int32
    let remoteAddress: String
    let isUnixSocket: Bool
    let isTLS: Bool

    private let deadline = Deadline()
    private let debt = Atomic<Int>(Debt.header.rawValue)
    private let isRefused = Atomic<Bool>(false)
    private let waiting = Guarded<Exchange?>(nil)

    init(server: ServerCore, socket: Int32, address: UnsafePointer<sockaddr>?, isTLS: Bool) {
        self.server = server
        self.socket = socket
        self.isTLS = isTLS
        isUnixSocket = address.map { Int32($0.pointee.sa_family) == AF_UNIX } ?? false
        remoteAddress = numericAddress(address)
        expectHeader(first: true)
    }

    // MARK: Deadlines, on the socket thread

    /// A kept connection may idle first; how long is the library's own timeout.
    func expectHeader(first: Bool = false) {
        debt.store(Debt.header.rawValue, ordering: .relaxed)
        let limits = server.limits
        _ = deadline.move(to: coarseNow() + limits.headerTime + (first ? 0 : limits.idleTime))
    }

    func expectBody(_ received: Int, since start: Int64) -> Bool {
        debt.store(Debt.body.rawValue, ordering: .relaxed)
        return deadline.move(to: start + server.limits.time(for: received))
    }

    func expectReading(_ sent: Int, since start: Int64) -> Bool {
        debt.store(Debt.reading.rawValue, ordering: .relaxed)
        return deadline.move(to: start + server.limits.time(for: sent))
    }

    func expectNothing() -> Bool { deadline.move(to: nil) }

    var owes: Debt { Debt(rawValue: debt.load(ordering: .relaxed)) ?? .header }

    // MARK: The request that the handler has

    func setWaiting(_ exchange: Exchange?) { waiting.withLock { $0 = exchange } }

    var waitingExchange: Exchange? { waiting.withLock { $0 } }

    // MARK: Ending

    /// The answer goes out before the request was read whole.
    func refuse() { isRefused.store(true, ordering: .relaxed) }

    /// Whether the peer has closed its end or is gone.
    var isClosedByPeer: Bool { corral_http_peer_is_gone(socket) != 0 }

    /// The library closes the socket next.
    func close() {
        if isRefused.load(ordering: .relaxed) { server.lingering.take(socket) }
        server.remove(self)
    }

    /// Cuts the connection if its peer is late. The socket must stay open meanwhile: see `ServerCore.cutLate`.
    func cutIfLate(at now: Int64) {
        guard deadline.take(at: now) else { return }
        if owes != .reading {
            sendRaw(Refusal(408, "the request did not arrive in time"))
        }
        shutdown(socket, Int32(SHUT_RDWR))
    }

    /// Answers past the library, for a connection that is closed next; nothing over TLS, whose state is the library's.
    func sendRaw(_ refusal: Refusal) {
        guard !isTLS else { return }
        sendRawAnswer(server.rawAnswer(refusal), to: socket)
    }
}

/// Sends what the socket takes at once.
func sendRawAnswer(_ answer: [UInt8], to socket: Int32) {
    _ = answer.withUnsafeBytes {
        send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }
}

/// `127.0.0.1`, `::1`; an IPv4 address inside IPv6 is written as IPv4. Empty for other families.
private func numericAddress(_ address: UnsafePointer<sockaddr>?) -> String {
    guard let address else { return "" }
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let size = socklen_t(text.count)
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
        address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
            var bytes = $0.pointee.sin_addr
            inet_ntop(AF_INET, &bytes, &text, size)
        }
    case AF_INET6:
        address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
            var bytes = $0.pointee.sin6_addr
            inet_ntop(AF_INET6, &bytes, &text, size)
        }
    default: break
    }
    let name = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return name.hasPrefix("::ffff:") && name.contains(".") ? String(name.dropFirst(7)) : name
}
