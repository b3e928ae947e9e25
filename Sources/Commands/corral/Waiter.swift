import Synchronization

/// Resumes one continuation, the first time.
final class Waiter: Sendable {
    private let continuation: Mutex<CheckedContinuation<Void, Never>?>

    init(_ continuation: CheckedContinuation<Void, Never>) { self.continuation = Mutex(continuation) }

    func finish() {
        let continuation = continuation.withLock { held in
            defer { held = nil }
            return held
        }
        continuation?.resume()
    }
}
