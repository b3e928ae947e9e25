import Foundations
import Reactor

/// One value that somebody waits for and somebody else gives, once.
@Reactor
public final class Promise<Value: Sendable> {
    private var result: Result<Value, Failure>?
    private var waiters: [(number: Int, wait: Wait<Result<Value, Failure>>)] = []
    private var lastWaiter = 0

    public init() {}

    /// Later calls are ignored.
    public func settle(_ result: Result<Value, Failure>) {
        guard self.result == nil else { return }
        self.result = result
        for waiter in waiters { waiter.wait.settle(result) }
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
        if let result { return try result.get() }
        return try await newWait(as: 0).value().get()
    }

    /// The same, but the wait also ends when the task is cancelled.
    ///
    /// - Throws: `session_closed` then.
    func valueUnlessCancelled() async throws(Failure) -> Value {
        lastWaiter += 1
        let number = lastWaiter
        return try await withTaskCancellationHandler { () -> Result<Value, Failure> in
            // A cancellation from before has nobody to wake.
            if Task.isCancelled { return .failure(.closedWhileStarting) }
            if let result { return result }
            return await newWait(as: number).value()
        } onCancel: {
            Task { @Reactor in self.giveUp(number) }
        }.get()
    }

    private func newWait(as number: Int) -> Wait<Result<Value, Failure>> {
        let wait = Wait<Result<Value, Failure>>()
        waiters.append((number, wait))
        return wait
    }

    private func giveUp(_ number: Int) {
        guard let index = waiters.firstIndex(where: { $0.number == number }) else { return }
        waiters.remove(at: index).wait.settle(.failure(.closedWhileStarting))
    }
}

extension Failure {
    static let closedWhileStarting = Failure(
        .sessionClosed, "the session was closed while it started", next: "create another session")
}
