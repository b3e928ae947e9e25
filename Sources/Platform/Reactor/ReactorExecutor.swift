import CLinux
import Foundations
import Glibc
import Synchronization

/// Runs jobs on the reactor's thread, between two looks at the descriptors.
///
/// It is no `TaskExecutor`: a task that prefers one is queued anew at every call between functions of the actor, and so is
/// every other task on a thread that claims to be one. Then others run between a check and the `await` behind it.
public final class ReactorExecutor: SerialExecutor {
    private let jobs = Guarded<[UnownedJob]>([])
    let wakeUp: CInt
    private let thread = Atomic<UInt>(0)
    /// Whether the thread waits for descriptors, or is about to: then a job has to wake it.
    private let isAsleep = Atomic<Bool>(false)

    init(wakeUp: CInt) { self.wakeUp = wakeUp }

    public func enqueue(_ job: consuming ExecutorJob) { add(UnownedJob(job)) }

    func add(_ job: UnownedJob) {
        jobs.withLock { $0.append(job) }
        guard isAsleep.load(ordering: .sequentiallyConsistent),
            isAsleep.exchange(false, ordering: .sequentiallyConsistent)
        else { return }
        var one: UInt64 = 1
        _ = write(wakeUp, &one, 8)
    }

    /// To be called before the thread waits: from now on, jobs wake it.
    ///
    /// - Returns: Whether it may wait; false where jobs are there already.
    func fallAsleep() -> Bool {
        isAsleep.store(true, ordering: .sequentiallyConsistent)
        if jobs.withLock({ $0.isEmpty }) { return true }
        awake()
        return false
    }

    var isEmpty: Bool { jobs.withLock { $0.isEmpty } }

    func awake() { isAsleep.store(false, ordering: .sequentiallyConsistent) }

    var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    func adoptCurrentThread() { thread.store(UInt(pthread_self()), ordering: .relaxed) }

    func drainWakeUp() {
        var value: UInt64 = 0
        _ = read(wakeUp, &value, 8)
    }

    /// Runs what is queued, and what that queues, for a few rounds only so that descriptors are not starved.
    func runJobs() {
        for _ in 0..<16 {
            let batch = jobs.withLock { queue in
                defer { queue = [] }
                return queue
            }
            if batch.isEmpty { return }
            for job in batch {
                job.runSynchronously(on: asUnownedSerialExecutor())
            }
        }
    }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    public func checkIsolated() { precondition(isCurrent, "not on the reactor's thread") }
    public func isIsolatingCurrentContext() -> Bool? { isCurrent }
}
