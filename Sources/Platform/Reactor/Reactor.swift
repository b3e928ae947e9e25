import CLinux
import Foundations
import Glibc

/// The one thread that owns descriptors: an epoll loop that is also a global actor.
///
/// Channels, worker connections and sessions are isolated to it, so they call each other without locks or hops.
/// Nothing on it may block: use `offload` for that.
@globalActor
public actor Reactor {
    public static let shared = Reactor()

    nonisolated public let executor: ReactorExecutor

    nonisolated public var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private init() {
        corral_ignore_sigpipe()
        let wakeUp = corral_eventfd()
        precondition(wakeUp >= 0, "the process has no descriptors left for its event loop")
        executor = ReactorExecutor(wakeUp: wakeUp)
        var thread = pthread_t()
        let result = pthread_create(&thread, nil, runReactor, Unmanaged.passRetained(executor).toOpaque())
        precondition(result == 0, "the process cannot start its event loop's thread")
        pthread_detach(thread)
    }

    /// Runs `action` on the reactor at `instant`, unless the timer is cancelled before.
    @Reactor @discardableResult
    public static func schedule(at instant: ContinuousClock.Instant, _ action: @escaping @Reactor () -> Void) -> Timer {
        EventLoop.shared.timers.add(at: instant, action)
    }
}

private func runReactor(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let executor = Unmanaged<ReactorExecutor>.fromOpaque(argument).takeRetainedValue()
    corral_name_thread("reactor")
    executor.adoptCurrentThread()
    let turn: @Reactor () -> Void = { EventLoop.shared.turn() }
    // The isolation is erased the way `MainActor.assumeIsolated` does it; this thread is the actor's executor.
    let turnHere = unsafeBitCast(turn, to: (() -> Void).self)
    while true {
        executor.runJobs()
        turnHere()
    }
}

/// Runs blocking work on the shared pool, away from the reactor.
@concurrent
public func offload<Value: Sendable, Problem: Error>(
    _ body: @Sendable () throws(Problem) -> Value
) async throws(Problem) -> Value {
    try body()
}

/// What the system says about an `errno` value.
public func errorText(_ number: CInt) -> String { String(cString: strerror(number)) }
