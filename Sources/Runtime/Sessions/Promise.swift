import Foundations
import Reactor

/// One value that somebody waits for and somebody else gives, once.
@Reactor
public final class Promise<Value: Sendable> {
    private var result: Result<Value, Failure>?
    private var waiters: [CheckedContinuation<Result<Value, Failure>, Never>] = []

    public init() {}

    /// Later calls are ignored.
    public func settle(_ result: Result<Value, Failure>) {
        guard self.result == nil else { return }
        self.result = result
        for waiter in waiters { waiter.resume(returning: result) }
        waiters = []
    }

    /// - Parameter failure: What is thrown when `timeout` passes first.
    public func value(within timeout: Duration, or failure: @autoclosure @escaping () -> Failure) async throws(Failure)
        -> Value
    {
        if let result { return try result.get() }
        let timer = Reactor.schedule(at: .now + timeout) { [weak self] in self?.settle(.failure(failure())) }
        defer { timer.cancel() }
        return try await value()
    }

    public func value() async throws(Failure) -> Value {
        try await withCheckedContinuation { continuation in
            // Looked at where nothing can come in between.
            if let result { continuation.resume(returning: result) } else { waiters.append(continuation) }
        }.get()
    }
}
