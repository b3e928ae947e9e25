import Foundations
import Reactor

/// One value that somebody waits for and somebody else gives, once.
@Reactor
public final class Promise<Value: Sendable> {
    private var result: Result<Value, Failure>?
    private typealias Waiting = CheckedContinuation<Result<Value, Failure>, Never>
    private var waiters: [(number: Int, continuation: Waiting)] = []
    private var lastWaiter = 0

    public init() {}

    /// Later calls are ignored.
    public func settle(_ result: Result<Value, Failure>) {
        guard self.result == nil else { return }
        self.result = result
        for waiter in waiters { waiter.continuation.resume(returning: result) }
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
        try await withCheckedContinuation { wait($0, as: 0) }.get()
    }

    /// The same, but the wait also ends when the task is cancelled.
    ///
    /// - Throws: `session_closed` then.
    func valueUnlessCancelled() async throws(Failure) -> Value {
        lastWaiter += 1
        let number = lastWaiter
        return try await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: Waiting) in
                // A cancellation from before has nobody to wake.
                if Task.isCancelled { return continuation.resume(returning: .failure(.closedWhileStarting)) }
                wait(continuation, as: number)
            }
        } onCancel: {
            Task { @Reactor in self.giveUp(number) }
        }.get()
    }

    /// Looks where nothing can come in between.
    private func wait(_ continuation: Waiting, as number: Int) {
        if let result { continuation.resume(returning: result) } else { waiters.append((number, continuation)) }
    }

    private func giveUp(_ number: Int) {
        guard let index = waiters.firstIndex(where: { $0.number == number }) else { return }
        waiters.remove(at: index).continuation.resume(returning: .failure(.closedWhileStarting))
    }
}

extension Failure {
    static let closedWhileStarting = Failure(
        .sessionClosed, "the session was closed while it started", next: "create another session")
}
