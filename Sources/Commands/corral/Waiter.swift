import Foundations

/// Resumes one continuation, the first time.
final class Waiter: Sendable {
    private let continuation: Guarded<CheckedContinuation<Void, Never>?>

    init(_ continuation: CheckedContinuation<Void, Never>) { self.continuation = Guarded(continuation) }

    func finish() {
        let continuation = continuation.withLock { held in
            defer { held = nil }
            return held
        }
        continuation?.resume()
    }
}
