import Foundations
import Synchronization

/// Counts the requests in flight and lets a stopping server wait until there are none.
final class Flight: Sendable {
    private let count = Atomic<Int>(0)
    private let draining = Atomic<Bool>(false)
    private let closed = Atomic<Bool>(false)
    private let waiter = Guarded(Waiter())

    private struct Waiter {
        var isOver = false
        var continuation: CheckedContinuation<Void, Never>?
    }

    /// New requests are refused from now on.
    var isDraining: Bool { draining.load(ordering: .sequentiallyConsistent) }
    /// No handler's answer is waited for any longer.
    var isClosed: Bool { closed.load(ordering: .sequentiallyConsistent) }

    func begin() { count.add(1, ordering: .sequentiallyConsistent) }

    func end() {
        let left = count.subtract(1, ordering: .sequentiallyConsistent).newValue
        if left == 0, isDraining { wake() }
    }

    func drain() { draining.store(true, ordering: .sequentiallyConsistent) }
    func close() { closed.store(true, ordering: .sequentiallyConsistent) }

    /// Returns when nothing is in flight, or after `limit`. Only after `drain()`, and one caller at a time.
    func wait(atMost limit: Duration) async {
        waiter.withLock { $0 = Waiter() }
        let timer = Task {
            try? await Task.sleep(for: limit)
            wake()
        }
        await withCheckedContinuation { continuation in
            waiter.withLock { $0.continuation = continuation }
            if count.load(ordering: .sequentiallyConsistent) == 0 || waiter.withLock({ $0.isOver }) { wake() }
        }
        timer.cancel()
        await timer.value
    }

    private func wake() {
        let continuation = waiter.withLock { waiter in
            defer { waiter = Waiter(isOver: true) }
            return waiter.continuation
        }
        continuation?.resume()
    }
}
