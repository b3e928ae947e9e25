import Dispatch
import Foundations
import Synchronization

/// One kept connection to a server. Calls go one after the other and block a thread of the client's own, so never the
/// reactor or the pool that tasks run on. Redirections are answers like others.
public actor HTTPClient {
    public nonisolated let endpoint: HTTPEndpoint
    private let executor = BlockingExecutor()
    private let connection: Connection

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - answerLimit: The most bytes of an answer's body.
    ///   - connectTimeout: For reaching the server.
    /// - Throws: `resourceExhausted` where libcurl cannot start.
    public init(
        _ endpoint: HTTPEndpoint, answerLimit: Int = 1 << 30, connectTimeout: Duration = .seconds(10)
    ) throws(Failure) {
        self.endpoint = endpoint
        connection = try Connection(endpoint, answerLimit: answerLimit, connectTimeout: connectTimeout)
    }

    /// Sends one request and waits for the whole answer; a cancelled task stops waiting within a second.
    ///
    /// - Throws: `unavailable` where the server is not reached or hangs up, `deadlineExceeded`, `interrupted` when
    ///   cancelled, `payloadTooLarge` for an answer beyond the limit.
    public nonisolated func send(_ call: HTTPCall) async throws(Failure) -> HTTPAnswer {
        let cancellation = Cancellation()
        let result = await withTaskCancellationHandler {
            await perform(call, cancellation)
        } onCancel: {
            cancellation.isSet.store(true, ordering: .relaxed)
        }
        return try result.get()
    }

    private func perform(_ call: HTTPCall, _ cancellation: Cancellation) -> Result<HTTPAnswer, Failure> {
        do throws(Failure) { return .success(try connection.perform(call, cancellation)) } catch {
            return .failure(error)
        }
    }
}

/// Whether the task that waits for a call was cancelled.
final class Cancellation: Sendable {
    let isSet = Atomic(false)
}

/// A thread that may block, apart from the pool that tasks share.
private final class BlockingExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "http-client")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}
