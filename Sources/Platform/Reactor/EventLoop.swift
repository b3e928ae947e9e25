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
    /// Looked at in every turn; handed over before the thread sleeps.
    var queue: (any AttendedQueue)?
    private var patience = Patience()
    /// Whether the last turn found nothing, and the next may sleep.
    private var isIdle = false
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

    /// Looks for events, tells their sources, fires timers; where there was nothing the turn before, it waits for some.
    func turn() {
        let executor = Reactor.shared.executor
        var timeout: CInt = 0
        if isIdle || (queue == nil && !patience.isPatient) {
            if patience.looksAgain(at: .now) {
                sched_yield()
            } else {
                Reactor.dismiss()
                if executor.fallAsleep() { timeout = memory.timeout(atMost: timers.millisecondsToNext(from: .now)) }
            }
        }
        let count = Int(corral_epoll_wait(epoll, &tokens, &masks, 128, timeout))
        executor.awake()
        if memory.look(count: count, waited: timeout) { Task { await offload { corral_return_memory() } } }
        for index in 0..<max(0, count) {
            let token = tokens[index]
            if token == 0 {
                executor.drainWakeUp()
            } else {
                patience.met(token)
                sources[token]?.ready(EventSource.Readiness(rawValue: masks[index]))
            }
        }
        let took = queue?.takeWaiting() ?? false
        let fired = timers.takeDue(at: .now)
        for timer in fired { timer.fire() }
        isIdle = count <= 0 && !took && fired.isEmpty && executor.isEmpty
        if !isIdle { patience.came(at: .now) }
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
