/// What one task of the reactor waits for, and other code of the reactor gives, once.
///
/// A continuation would be resumed on Swift's shared pool first, whatever actor waits for it, and come back from there: a
/// futex call, another thread and a write to the reactor's descriptor. Here the task goes on in the reactor's next
/// round of jobs: see ``Parking``.
@Reactor
public final class Wait<Value: Sendable>: ParkedTask {
    private var given: Value?

    public nonisolated override init() {}

    public var isSettled: Bool { given != nil }

    /// Returns at once where the value is there already. One task may wait, once.
    public func value() async -> Value {
        while true {
            if let given { return given }
            precondition(job == nil, "one task waits for a value")
            Parking.shared.executor.newcomer = self
            await Parking.pass()
        }
    }

    /// The task goes on after what runs now; later calls change nothing.
    public func settle(_ value: Value) {
        guard given == nil else { return }
        given = value
        guard let job else { return }
        self.job = nil
        Reactor.shared.executor.add(job)
    }
}

extension Wait where Value == Void {
    public func settle() { settle(()) }
}

/// A place for one task that waits.
@Reactor
public class ParkedTask {
    /// Touched on the reactor's thread only.
    fileprivate nonisolated(unsafe) final var job: UnownedJob?

    fileprivate nonisolated init() {}
}

/// Where tasks of the reactor are while they wait: an actor whose executor runs nothing.
///
/// A task that calls a function of this actor is handed to the executor as a job, on the thread that it ran on, and the
/// job is kept. Whoever ends the wait gives the job to the reactor's executor. It runs there, passes through the
/// function, which does nothing, and is where its caller has to be without any further switch.
@globalActor
private actor Parking {
    static let shared = Parking()

    nonisolated let executor = ParkingExecutor()
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Has an effect, so that no optimiser leaves it and the switch to it out.
    @Parking @inline(never)
    static func pass() { shared.executor.passed &+= 1 }
}

/// Keeps each job in the place that was announced for it.
///
/// Unchecked: only the reactor's thread comes here, and between announcement and switch nothing else runs.
private final class ParkingExecutor: SerialExecutor, @unchecked Sendable {
    var newcomer: ParkedTask?
    var passed = 0

    func enqueue(_ job: consuming ExecutorJob) {
        precondition(newcomer != nil, "a task came to the parking place that announced no wait")
        newcomer?.job = UnownedJob(job)
        newcomer = nil
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}
