import Foundations
import Glibc
import Reactor
import Sandboxes
import Workers

/// Starts workers of one version for one tenant.
@Reactor
protocol SeatSource: AnyObject, Sendable {
    /// Whether it can go on making seats; a source that cannot is replaced.
    var isUsable: Bool { get }
    /// Whether none of its seats is in use or spare.
    var isEmpty: Bool { get }
    /// Whether another seat fits below the limits that its seats have in common.
    func hasRoom() async -> Bool
    /// - Throws: also `session_closed` when the task is cancelled; then nothing of the seat is left.
    func makeSeat() async throws(Failure) -> Seat
    /// Ends what outlives the seats.
    func shutDown() async
}

extension SeatSource {
    var isEmpty: Bool { false }
    func hasRoom() async -> Bool { true }
}

/// What all seats of one source have in common.
struct SeatConfiguration: Sendable {
    let plan: LaunchPlan
    let launch: WorkerLaunch
    let lineLimit: Int
    /// Of everything in a shared sandbox together.
    let familyLimits: SandboxLimits
}

/// The server's and the worker's ends of a channel and of standard error.
@Reactor
struct WorkerEnds: ~Copyable {
    let channel: Channel
    let errors: Channel
    let workerChannel: Descriptor
    let workerErrors: Descriptor

    static func open() throws(Failure) -> WorkerEnds {
        let stream = try Descriptor.socketPair()
        let pipe = try Descriptor.pipe()
        let channel = try Channel(stream.first)
        let errors = try Channel(pipe.first)
        return WorkerEnds(
            channel: channel, errors: errors, workerChannel: stream.second, workerErrors: pipe.second)
    }
}

extension WorkerConnection {
    /// What `body` does with the worker; when the task is cancelled meanwhile, the connection ends.
    func untilCancelled<Value: Sendable>(_ body: @Reactor () async -> Value) async -> Value {
        await withTaskCancellationHandler {
            await body()
        } onCancel: {
            Task { @Reactor in self.close() }
        }
    }

    /// Says `hello` where the dialect calls for it, and settles an undecided one.
    ///
    /// - Returns: Nil for version 1.
    /// - Throws: `session_failed` where the worker does not introduce itself.
    func greet(timeout: Duration) async throws(Failure) -> WorkerGreeting? {
        guard dialect != .v1 else { return nil }
        do {
            let hello = await untilCancelled { () -> Result<WorkerMessage, Problem> in
                do throws(Problem) {
                    return .success(try await exchange(timeout: timeout, WorkerCommand.hello))
                } catch { return .failure(error) }
            }
            let message = try hello.get()
            if dialect == .undecided {
                if message.members["id"] == nil, message.members.string("status") == "error" {
                    dialect = .v1
                    return nil
                }
                dialect = .v2
            }
            return try WorkerGreeting(message)
        } catch {
            let lines = log.lines(last: 20).joined(separator: "\n")
            throw Failure(
                .sessionFailed, "the worker did not introduce itself: \(error)" + (lines.isEmpty ? "" : "\n\(lines)"),
                next: "run the worker by hand, or look at what it prints", details: ["reason": "worker_exited"])
        }
    }
}

/// Opens `/dev/null` for a command that needs no input or output.
func openNull() throws(Failure) -> Descriptor {
    let raw = open("/dev/null", O_RDWR | O_CLOEXEC)
    guard raw >= 0 else { throw Failure(.resourceExhausted, "cannot open /dev/null: \(errorText(errno))") }
    return Descriptor(owning: raw)
}
