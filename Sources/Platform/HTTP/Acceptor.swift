import CMicrohttpd
import Foundations
import Glibc
import Synchronization

/// The thread that accepts clients on every listening socket and hands them to their daemon. The library could accept
/// by itself, but its way to stop (quiesce) can meet its own threads and abort the process. It also reads refused connections to their end.
///
/// Unchecked: only `isStopping`, an atomic, changes after `init`; `stop` is called once.
final class Acceptor: @unchecked Sendable {
    struct Door: Sendable {
        let socket: ListeningSocket
        let daemon: Daemon
        let isTLS: Bool
    }

    private let doors: [Door]
    private let server: ServerCore
    private let isStopping = Atomic<Bool>(false)
    private var thread = pthread_t()

    init(doors: [Door], server: ServerCore) throws(Failure) {
        self.doors = doors
        self.server = server
        server.lingering.open()
        let code =
            server.lingering.signal < 0
            ? EMFILE : pthread_create(&thread, nil, runAcceptor, Unmanaged.passRetained(self).toOpaque())
        guard code == 0 else {
            if server.lingering.signal >= 0 { Unmanaged.passUnretained(self).release() }
            throw Failure(
                .unavailable, "the HTTP server could not start: \(String(cString: strerror(code)))",
                next: "check the limits on threads and open files")
        }
    }

    /// Returns when no client is accepted any more; then closes the listening sockets.
    func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        server.lingering.wake()
        pthread_join(thread, nil)
        for door in doors { door.socket.close() }
    }

    fileprivate func run() {
        var lingering = Lingering()
        defer { server.lingering.close(with: lingering) }
        let fixed = doors.map(\.socket.descriptor) + [server.lingering.signal]
        while true {
            let waiting = lingering.sockets
            var entries = (fixed + waiting).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&entries, nfds_t(entries.count), waiting.isEmpty ? -1 : 500) >= 0 || errno == EINTR else {
                return
            }
            if isStopping.load(ordering: .sequentiallyConsistent) { return }
            for (door, entry) in zip(doors, entries) where entry.revents != 0 { accept(door) }
            if entries[doors.count].revents != 0 { lingering.add(server.lingering.empty()) }
            lingering.sweep()
        }
    }

    /// Accepts some clients, then lets the other doors have their turn.
    private func accept(_ door: Door) {
        for _ in 0..<64 {
            var address = sockaddr_storage()
            var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let client = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    corral_http_accept(door.socket.descriptor, $0, &size)
                }
            }
            guard client >= 0 else {
                // Out of descriptors or memory: the client stays in the queue until there are some again.
                if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) { usleep(20_000) }
                return
            }
            guard server.connectionCount < server.configuration.connectionLimit else {
                if !door.isTLS { sendRawAnswer(server.rawAnswer(Refusal(503, "too many connections")), to: client) }
                close(client)
                continue
            }
            door.daemon.add(client, address, size)
        }
    }
}

private func runAcceptor(context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context { Unmanaged<Acceptor>.fromOpaque(context).takeRetainedValue().run() }
    return nil
}
