import CMicrohttpd
import Foundations
import Glibc

/// Where socket threads leave connections that were answered before their request was read whole. Closing such a
/// socket at once would reset it, and the client might lose the answer: it is read for a while first.
final class LingeringInbox: Sendable {
    private struct State {
        var isOpen = false
        var sockets: [Int32] = []
    }

    /// Readable when something is in the inbox, or `wake()` was called.
    let signal: Int32
    private let state = Guarded(State())

    init() { signal = corral_http_make_signal() }
    deinit { if signal >= 0 { Glibc.close(signal) } }

    /// Keeps the socket open past its close by the library.
    func take(_ socket: Int32) {
        let isTaken = state.withLock { state in
            guard state.isOpen, state.sockets.count < Lingering.limit else { return false }
            let copy = fcntl(socket, F_DUPFD_CLOEXEC, 0)
            guard copy >= 0 else { return false }
            state.sockets.append(copy)
            return true
        }
        if isTaken { wake() }
    }

    func wake() {
        var one: UInt64 = 1
        write(signal, &one, 8)
    }

    func open() { state.withLock { $0.isOpen = true } }

    /// The sockets that came since the last call.
    func empty() -> [Int32] {
        var count: UInt64 = 0
        read(signal, &count, 8)
        return state.withLock { state in
            defer { state.sockets = [] }
            return state.sockets
        }
    }

    func close(with rest: Lingering) {
        let sockets = state.withLock { state in
            defer { state = State() }
            return state.sockets
        }
        for socket in sockets + rest.sockets { Glibc.close(socket) }
    }
}

/// The connections being read to their end, nothing of it kept. One thread owns them.
struct Lingering {
    /// How many at once; of more, some clients may miss their answer.
    static let limit = 256
    private static let time = nanoseconds(seconds: 5)
    private static let bytes = 256 << 20

    private struct Entry {
        let socket: Int32
        let end: Int64
        var left = Lingering.bytes
    }

    private var entries: [Entry] = []
    private var scratch = [UInt8](repeating: 0, count: 64 << 10)

    var sockets: [Int32] { entries.map(\.socket) }

    mutating func add(_ sockets: [Int32]) {
        for socket in sockets {
            if entries.count < Self.limit {
                shutdown(socket, Int32(SHUT_WR))
                entries.append(Entry(socket: socket, end: coarseNow() + Self.time))
            } else {
                close(socket)
            }
        }
    }

    /// Reads what is there and closes what has ended, came too long or too much.
    mutating func sweep() {
        let now = coarseNow()
        var kept: [Entry] = []
        for var entry in entries {
            var count = 1
            for _ in 0..<16 where count > 0 {
                count = recv(entry.socket, &scratch, scratch.count, Int32(MSG_DONTWAIT))
                entry.left -= max(0, count)
            }
            let mayGoOn = count > 0 || count < 0 && (errno == EAGAIN || errno == EINTR)
            if mayGoOn, entry.left > 0, now < entry.end { kept.append(entry) } else { close(entry.socket) }
        }
        entries = kept
    }
}
