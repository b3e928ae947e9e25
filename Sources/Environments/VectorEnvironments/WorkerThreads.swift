import Glibc
import Synchronization

/// Threads that run one body at once, each with its own part; the caller is one of them.
///
/// A thread without work looks for the next round for some microseconds, since an agent in a loop steps again at once,
/// and sleeps after that. The threads end with the owner.
final class WorkerThreads: Sendable {
    private let shared: Shared
    private let handles: [pthread_t]

    /// - Parameter count: Threads with the caller's own; fewer run where the system has no more to give.
    init(count: Int) {
        shared = Shared()
        var handles: [pthread_t] = []
        for part in 1..<max(count, 1) {
            let start = Unmanaged.passRetained(Start(shared: shared, part: part))
            var handle = pthread_t()
            let status = pthread_create(
                &handle, nil,
                { raw in
                    guard let raw else { return nil }
                    let start = Unmanaged<Start>.fromOpaque(raw).takeRetainedValue()
                    start.shared.work(part: start.part)
                    return nil
                }, start.toOpaque())
            guard status == 0 else {
                start.release()
                break
            }
            handles.append(handle)
        }
        self.handles = handles
        shared.parts = handles.count + 1
    }

    deinit {
        shared.publish { shared.isStopping = true }
        for handle in handles { pthread_join(handle, nil) }
    }

    /// Runs the body once for each part, on all threads, and returns when the last part is done.
    func run(_ body: (_ part: Int, _ parts: Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            shared.unfinished.store(handles.count, ordering: .relaxed)
            shared.publish { shared.body = body }
            body(0, handles.count + 1)
            var looks = 0
            while shared.unfinished.load(ordering: .acquiring) > 0 {
                looks += 1
                if looks > Shared.patience { sched_yield() } else { spinPause() }
            }
            shared.body = nil
        }
    }
}

private final class Start {
    let shared: Shared
    let part: Int

    init(shared: Shared, part: Int) { (self.shared, self.part) = (shared, part) }
}

/// What the threads and their owner share. `body`, `parts` and `isStopping` are written before a round is published.
private final class Shared: @unchecked Sendable {  // as above: the atomics order every access
    let round = Atomic(0)
    let unfinished = Atomic(0)
    private let sleeping = Atomic(0)
    var body: ((Int, Int) -> Void)?
    var parts = 1
    var isStopping = false
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let published: UnsafeMutablePointer<pthread_cond_t>

    /// Looks before a thread sleeps: about 50 µs.
    static let patience = 2000

    init() {
        lock = .allocate(capacity: 1)
        lock.initialize(to: pthread_mutex_t())
        pthread_mutex_init(lock, nil)
        published = .allocate(capacity: 1)
        published.initialize(to: pthread_cond_t())
        pthread_cond_init(published, nil)
    }

    deinit {
        pthread_cond_destroy(published)
        pthread_mutex_destroy(lock)
        published.deallocate()
        lock.deallocate()
    }

    func publish(_ change: () -> Void) {
        change()
        round.add(1, ordering: .sequentiallyConsistent)
        guard sleeping.load(ordering: .sequentiallyConsistent) > 0 else { return }
        pthread_mutex_lock(lock)
        pthread_cond_broadcast(published)
        pthread_mutex_unlock(lock)
    }

    func work(part: Int) {
        var seen = 0
        while true {
            seen = wait(after: seen)
            if isStopping { return }
            body?(part, parts)
            unfinished.subtract(1, ordering: .releasing)
        }
    }

    /// The next round after `seen`: rounds are published one at a time, so none is missed.
    private func wait(after seen: Int) -> Int {
        for _ in 0..<Self.patience {
            if round.load(ordering: .acquiring) != seen { return seen + 1 }
            spinPause()
        }
        pthread_mutex_lock(lock)
        sleeping.add(1, ordering: .sequentiallyConsistent)
        while round.load(ordering: .sequentiallyConsistent) == seen { pthread_cond_wait(published, lock) }
        sleeping.subtract(1, ordering: .relaxed)
        pthread_mutex_unlock(lock)
        return seen + 1
    }
}

/// Some ten nanoseconds in which the other threads of a core may run.
private func spinPause() {
    for _ in 0..<8 { atomicMemoryFence(ordering: .acquiring) }
}
