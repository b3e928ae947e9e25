import CLinux
import Foundations
import Glibc

/// The descriptors and timers of the reactor's thread.
@Reactor
final class EventLoop {
    static let shared = EventLoop()

    /// For one read at a time; its contents last until the source that filled it returns.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
    var timers = TimerHeap()
    private var memory = MemoryReturn()
    private let epoll = corral_epoll_create()
    private var sources: [UInt64: EventSource] = [:]
    private var lastToken: UInt64 = 0
    private var tokens = [UInt64](repeating: 0, count: 128)
    private var masks = [UInt8](repeating: 0, count: 128)

    private init() {
        precondition(epoll >= 0, "the process has no descriptors left for its event loop")
        _ = corral_epoll_set(epoll, CORRAL_EPOLL_ADD, Reactor.shared.executor.wakeUp, 0, 1, 0)
    }

    /// Waits for events, tells their sources, fires timers.
    func turn() {
        let executor = Reactor.shared.executor
        let timeout = executor.fallAsleep() ? memory.timeout(atMost: timers.millisecondsToNext(from: .now)) : 0
        let count = corral_epoll_wait(epoll, &tokens, &masks, 128, timeout)
        executor.awake()
        if memory.look(count: Int(count), waited: timeout) { Task { await offload { corral_return_memory() } } }
        for index in 0..<max(0, Int(count)) {
            let token = tokens[index]
            if token == 0 {
                executor.drainWakeUp()
            } else {
                sources[token]?.ready(EventSource.Readiness(rawValue: masks[index]))
            }
        }
        for timer in timers.takeDue(at: .now) { timer.fire() }
    }

    /// Starts to watch a descriptor; the source is retained until `forget`.
    func watch(_ source: EventSource, fd: CInt, readable: Bool, writable: Bool) throws(Failure) -> UInt64 {
        lastToken += 1
        let result = corral_epoll_set(epoll, CORRAL_EPOLL_ADD, fd, lastToken, readable ? 1 : 0, writable ? 1 : 0)
        guard result == 0 else { throw Failure(.internal, "cannot watch a descriptor: \(errorText(-result))") }
        sources[lastToken] = source
        return lastToken
    }

    func change(token: UInt64, fd: CInt, readable: Bool, writable: Bool) {
        _ = corral_epoll_set(epoll, CORRAL_EPOLL_MODIFY, fd, token, readable ? 1 : 0, writable ? 1 : 0)
    }

    func forget(token: UInt64, fd: CInt) {
        guard sources.removeValue(forKey: token) != nil else { return }
        _ = corral_epoll_set(epoll, CORRAL_EPOLL_DELETE, fd, token, 0, 0)
    }
}
