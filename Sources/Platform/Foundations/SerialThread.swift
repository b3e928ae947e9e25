import Glibc

/// A thread that runs the jobs of one actor, one after the other, and may block.
public final class SerialThread: SerialExecutor {
    /// Unchecked: `jobs` is only touched under the lock; the condition and the lock are never copied.
    private final class Queue: @unchecked Sendable {
        let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        let filled = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        var jobs: [UnownedJob] = []
        var isClosed = false

        init() {
            lock.initialize(to: pthread_mutex_t())
            filled.initialize(to: pthread_cond_t())
            pthread_mutex_init(lock, nil)
            pthread_cond_init(filled, nil)
        }

        deinit {
            pthread_cond_destroy(filled)
            pthread_mutex_destroy(lock)
            filled.deallocate()
            lock.deallocate()
        }

        func change(_ body: (Queue) -> Void) {
            pthread_mutex_lock(lock)
            body(self)
            pthread_cond_signal(filled)
            pthread_mutex_unlock(lock)
        }

        /// Waits for jobs; nil after the end.
        func next() -> [UnownedJob]? {
            pthread_mutex_lock(lock)
            defer { pthread_mutex_unlock(lock) }
            while jobs.isEmpty && !isClosed { pthread_cond_wait(filled, lock) }
            defer { jobs = [] }
            return jobs.isEmpty ? nil : jobs
        }
    }

    /// What the thread holds: it must not keep the executor, whose end ends it.
    private final class Start: Sendable {
        let queue: Queue
        let executor: UnownedSerialExecutor

        init(queue: Queue, executor: UnownedSerialExecutor) {
            self.queue = queue
            self.executor = executor
        }
    }

    private let queue = Queue()

    public init() {
        let start = Start(queue: queue, executor: UnownedSerialExecutor(ordinary: self))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                while let jobs = start.queue.next() {
                    for job in jobs { job.runSynchronously(on: start.executor) }
                }
                return nil
            }, Unmanaged.passRetained(start).toOpaque())
        precondition(status == 0, "the process cannot start a thread")
        pthread_detach(thread)
    }

    deinit { queue.change { $0.isClosed = true } }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.change { $0.jobs.append(job) }
    }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}
