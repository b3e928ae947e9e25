import Digest
import Foundations
import JSON
import Reactor
import Sandboxes
import Spaces
import Workers

/// What executes a session's calls: a worker in a sandbox, or an environment in this process.
@Reactor
public protocol SessionHost: AnyObject, Sendable {
    /// Of one environment, also where there are several rows of it.
    var spaces: SessionSpaces { get }
    /// Of a vector session; nil: one environment.
    var rows: RowsOffer? { get }
    /// Of the values that calls take and give: those of all rows together in a vector session, else `spaces`.
    var valueSpaces: SessionSpaces { get }
    var capabilities: Set<WorkerGreeting.Capability> { get }
    /// Of a parallel or turn-based environment.
    var agents: [String]? { get }
    /// What fences the session in, in words.
    var isolation: String { get }
    /// The last lines of the worker's standard error, oldest first.
    func logs(last count: Int) -> [String]
    func usage() async -> SandboxUsage

    func reset(seed: Int64?, options: JSONObject) async throws(HostProblem) -> StepReply
    /// - Parameter action: One JSON value, checked, without line ends.
    func step(action: [UInt8]) async throws(HostProblem) -> StepReply
    /// As `step(action:)`, for hosts that do without JSON.
    func step(_ action: CheckedAction) async throws(HostProblem) -> StepReply
    func render(mode: String?) async throws(HostProblem) -> Frame
    func render(mode: String?, row: Int) async throws(HostProblem) -> Frame
    func interrupt()
    /// How it can make hosts that are in its own state.
    var forkMechanisms: Set<ForkMechanism> { get }
    /// Makes `count` hosts in the state of this one, independent of it from then on; all or none. No call runs meanwhile.
    ///
    /// - Parameter mechanism: One of `forkMechanisms`.
    func fork(_ count: Int, by mechanism: ForkMechanism) async throws(HostProblem) -> [any SessionHost]
    /// What this host is in, as it can go back to it, and as another of the same version, instance and parameters can take
    /// it over; nil where there is no such thing.
    func saveState() async throws(HostProblem) -> [UInt8]?
    /// Goes back to what `saveState` gave.
    func loadState(_ state: [UInt8]) async throws(HostProblem)
    /// Starts the random numbers of its environment anew, in its present state; of several rows those of row *i* from
    /// `seed + i`. Only hosts with the capability `reseed` can.
    func reseed(_ seed: Int64) async throws(HostProblem)
    /// Told once when the host cannot go on by itself.
    func onEnd(_ handler: @escaping @Reactor (FailureReason, String) -> Void)
    /// Ends it and returns when nothing of it is left.
    func close() async
}

extension SessionHost {
    public var forkMechanisms: Set<ForkMechanism> { [] }

    public func saveState() async throws(HostProblem) -> [UInt8]? { nil }

    public func reseed(_ seed: Int64) async throws(HostProblem) {
        throw .refused(WorkerError(code: "unsupported", message: "it cannot start its random numbers anew"))
    }

    public func loadState(_ state: [UInt8]) async throws(HostProblem) {
        throw .refused(WorkerError(code: "unsupported", message: "it cannot go back to a state"))
    }

    public func fork(_ count: Int, by mechanism: ForkMechanism) async throws(HostProblem) -> [any SessionHost] {
        throw .refused(WorkerError(code: "unsupported", message: "it has no way to fork"))
    }
}

public enum HostProblem: Error {
    /// The environment refused the call or failed at it; the session goes on.
    case refused(WorkerError)
    /// The host is of no more use.
    case ended(FailureReason, String)
}

public struct SessionSpaces: Sendable {
    /// Of one agent, or a `Dict` by agent.
    public let observation: Space
    public let action: Space

    public init(observation: Space, action: Space) {
        self.observation = observation
        self.action = action
    }
}

/// What `render` gives.
public enum Frame: Sendable {
    case text(String)
    /// `uint8`, shape `[height, width, 3]`.
    case pixels(Tensor)
}

/// Makes hosts for plans.
@Reactor
public protocol SessionHostSource: AnyObject {
    func open(_ plan: LaunchPlan, session: UniqueID) async throws(Failure) -> any SessionHost
    /// Asked before hosts are forked.
    ///
    /// - Throws: `resource_exhausted`.
    func makeRoom(for count: Int, like plan: LaunchPlan) async throws(Failure)
    /// Ends everything that outlives sessions.
    func shutDown() async
}

extension SessionHostSource {
    public func makeRoom(for count: Int, like plan: LaunchPlan) async throws(Failure) {}
}

/// Told of what happens to sessions; must not block.
@Reactor
public protocol SessionObserver: AnyObject {
    func sessionOpened(_ session: SessionSummary)
    func stepRecorded(_ record: StepRecord)
    /// Sessions were asked for behind a prefix.
    ///
    /// - Parameter entries: How many prefixes are kept.
    func prefixLookedUp(isHit: Bool, entries: Int)
    /// A session went back to a state of before: its next record follows `link`, the last one of then.
    func sessionRewound(_ session: SessionSummary, link: Digest32?)
    func sessionEnded(_ session: SessionSummary, usage: SandboxUsage?)
}

extension SessionObserver {
    public func sessionOpened(_ session: SessionSummary) {}
    public func stepRecorded(_ record: StepRecord) {}
    public func prefixLookedUp(isHit: Bool, entries: Int) {}
    public func sessionRewound(_ session: SessionSummary, link: Digest32?) {}
    public func sessionEnded(_ session: SessionSummary, usage: SandboxUsage?) {}
}

extension SessionSummary {
    /// Whether its owner can still do something with it: it is open, or failed and was not closed since.
    public var isReachable: Bool {
        if case .closed = phase { false } else { !isDismissed }
    }
}

/// What a session is, for answers and logs.
public struct SessionSummary: Sendable {
    public let id: UniqueID
    public let environment: String
    public let digest: String
    public let instance: String?
    /// Checked, with defaults.
    public let parameters: JSONObject
    public let isNondeterministic: Bool
    public let backend: String
    public let isolation: String
    public let phase: SessionState.Phase
    public let index: Int
    public let episode: Int
    public let createdAt: Timestamp
    /// Of the last step that was answered, else of the creation.
    public let lastActiveAt: Timestamp
    public let expiresAt: Timestamp
    public let labels: [String: String]
    public let owner: String
    public let tenant: String
    public let validation: LaunchPlan.Validation
    public let spaces: SessionSpaces?
    public let agents: [String]?
    /// Whether its owner has closed it, also after it had failed.
    public let isDismissed: Bool
    /// Whether it ever could be used.
    public let wasOpened: Bool
    /// SHA-256 over version, instance, parameters, seed and every step so far.
    public let trajectoryHash: String?
    /// Of a vector session; nil: one environment.
    public let rows: RowsOffer?
    /// How much of it is kept.
    public let recording: RecordingMode
    /// The session that it was forked from.
    public var parent: UniqueID?
    /// The index of the parent's last call before the fork; -1 before its first.
    public var branchedAt: Int?
    /// With which its random numbers started anew then.
    public var branchSeed: Int64?
    /// What every user of the version is told, such as its deprecation.
    public var warnings: [String] = []
    /// Since when the version is deprecated; nil where it is not.
    public var deprecatedSince: Timestamp?
}
