import CMicrohttpd
import Foundations
import Glibc

/// The thread that accepts clients on every listening socket and hands them to their daemon. The library could accept
/// by itself, but its way to stop (quiesce) can meet its own threads and abort the process.
///
/// Unchecked: nothing changes after `init`; `stop` is called once.
final class Acceptor: @unchecked Sendable {
    struct Door: Sendable {
        let socket: ListeningSocket
        let daemon: Daemon
        let isTLS: Bool
    }

    private let doors: [Door]
    private let server: ServerCore
    private let stopSignal: Int32
    private var thread = pthread_t()

    init(doors: [Door], server: ServerCore) throws(Failure) {
        self.doors = doors
        self.server = server
        stopSignal = corral_http_make_signal()
        let code =
            stopSignal < 0
            ? errno : pthread_create(&thread, nil, runAcceptor, Unmanaged.passRetained(self).toOpaque())
        guard code == 0 else {
            if stopSignal >= 0 {
                close(stopSignal)
                Unmanaged.passUnretained(self).release()
            }
            throw Failure(
                .unavailable, "the HTTP server could not start: \(String(cString: strerror(code)))",
                next: "check the limits on threads and open files")
        }
    }

    /// Returns when no client is accepted any more; then closes the listening sockets.
    func stop() {
        var one: UInt64 = 1
        write(stopSignal, &one, 8)
        pthread_join(thread, nil)
        close(stopSignal)
        for door in doors { door.socket.close() }
    }

    fileprivate func run() {
        var entries = (doors.map(\.socket.descriptor) + [stopSignal]).map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        let stopEntry = doors.count
        while true {
            guard poll(&entries, nfds_t(entries.count), -1) >= 0 || errno == EINTR else { return }
            if entries[stopEntry].revents != 0 { return }
            for (door, entry) in zip(doors, entries) where entry.revents != 0 { accept(door) }
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
