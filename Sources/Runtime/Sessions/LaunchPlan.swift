import Foundations
import JSON
import Sandboxes
import Spaces
import Workers

/// All that is needed to start a session of one version: issued by a `LaunchAuthority`, never built by a door.
public struct LaunchPlan: Sendable {
    public struct Times: Sendable {
        public var start: Duration
        public var reset: Duration
        public var step: Duration

        public init(start: Duration, reset: Duration, step: Duration) {
            self.start = start
            self.reset = reset
            self.step = step
        }
    }

    public enum Validation: String, Sendable, CaseIterable { case full, sampled, off }

    public enum Backend: String, Sendable, CaseIterable { case process, plain, docker, native }

    /// What is started.
    public indirect enum Launch: Sendable {
        case worker(WorkerLaunch)
        case native(NativeLaunch)
    }

    public enum Instances: Sendable {
        case any
        case list([String])
        /// Only the worker knows them.
        case worker
    }

    /// The exact version: `namespace/name@1.2.0`.
    public let reference: String
    /// `sha256:` and the hexadecimal digest of the version.
    public let digest: String
    public let tenant: String
    public let backend: Backend
    public internal(set) var launch: Launch
    public let times: Times
    public let validation: Validation
    public let observationSpace: Space?
    public let actionSpace: Space?
    public let instance: String?
    public let instances: Instances
    /// Checked, with defaults.
    public let parameters: JSONObject
    public let isNondeterministic: Bool
    /// The ways in which a session may be forked, the preferred one first; empty where forks are refused.
    public var fork: [ForkMechanism] = [.snapshot, .fork, .replay]
    /// What every user of the version is told, such as its deprecation.
    public var warnings: [String] = []
    /// Since when the version is deprecated; nil where it is not.
    public var deprecatedSince: Timestamp?

    /// Nil for a native environment.
    public var worker: WorkerLaunch? {
        if case .worker(let worker) = launch { worker } else { nil }
    }

    public init(
        reference: String, digest: String, tenant: String, backend: Backend, launch: Launch, times: Times,
        validation: Validation, observationSpace: Space?, actionSpace: Space?, instance: String?,
        instances: Instances, parameters: JSONObject, isNondeterministic: Bool
    ) {
        self.reference = reference
        self.digest = digest
        self.tenant = tenant
        self.backend = backend
        self.launch = launch
        self.times = times
        self.validation = validation
        self.observationSpace = observationSpace
        self.actionSpace = actionSpace
        self.instance = instance
        self.instances = instances
        self.parameters = parameters
        self.isNondeterministic = isNondeterministic
    }
}

/// A worker in a sandbox, and what the sandbox has.
public struct WorkerLaunch: Sendable {
    /// The program inside the sandbox and its arguments: a worker, or a zygote that forks workers.
    public let command: [String]
    public let dialect: WorkerConnection.Dialect
    /// Whether `command` is a zygote.
    public let isShared: Bool
    /// The working directory of `command`.
    public let directory: String
    public let environment: [String: String]
    public let mounts: [SandboxMount]
    public let network: SandboxSpecification.Network
    public let limits: SandboxLimits
    /// Bytes of the worker's standard error that are kept.
    public let logLimit: Int
    /// What a container is made of; nil for other backends.
    public var image: SandboxImage?
    /// How many sessions one worker may hold; above 1 they share its process, limits and fate.
    public var sessionsPerWorker = 1

    public init(
        command: [String], dialect: WorkerConnection.Dialect, isShared: Bool, directory: String,
        environment: [String: String], mounts: [SandboxMount], network: SandboxSpecification.Network,
        limits: SandboxLimits, logLimit: Int
    ) {
        self.command = command
        self.dialect = dialect
        self.isShared = isShared
        self.directory = directory
        self.environment = environment
        self.mounts = mounts
        self.network = network
        self.limits = limits
        self.logLimit = logLimit
    }
}

/// An environment of this program's own, stepped in its process.
public struct NativeLaunch: Sendable {
    /// As the registry of native environments has it: `CartPole-v1`.
    public let id: String
    /// `float32` or `float64`, where the session's parameters name none; nil for the environment's own default.
    public let precision: String?
    /// Of a vector session; nil where the session is one environment.
    public let rows: Int?
    /// Gymnasium's name of what ended rows do next; only with `rows`.
    public let autoreset: String?

    public init(id: String, precision: String? = nil, rows: Int? = nil, autoreset: String? = nil) {
        self.id = id
        self.precision = precision
        self.rows = rows
        self.autoreset = autoreset
    }
}

/// What a caller asks for.
public struct SessionRequest: Sendable {
    public var environment: String
    public var instance: String?
    public var parameters: JSONObject
    public var seed: Int64?
    public var options: JSONObject
    public var labels: [String: String]
    public var reset: Bool
    /// Actions that the session has made when it is created; nil: none, and it is made for itself.
    public var prefix: [JSONValue]?
    /// How much of it is to be kept; nil: what the server's policy says.
    public var record: RecordingMode?
    /// Of a vector session; nil: one environment.
    public var rows: Int?
    /// What rows of a vector session do after an end: one of Gymnasium's names.
    public var autoreset: String?
    /// What an instance that nobody named becomes.
    public var unnamedInstance = UnnamedInstance.first
    /// Whether the answer to the first reset stays readable however large it is.
    public var keepsFirstAnswer = false
    /// The operator's hook chose the instance: what the manifest lists does not limit it.
    public var instanceIsHooks = false

    /// Which of the instances that a manifest lists.
    public enum UnnamedInstance: Sendable { case first, random }

    public init(
        environment: String, instance: String? = nil, parameters: JSONObject = [:], seed: Int64? = nil,
        options: JSONObject = [:], labels: [String: String] = [:], reset: Bool = true
    ) {
        self.environment = environment
        self.instance = instance
        self.parameters = parameters
        self.seed = seed
        self.options = options
        self.labels = labels
        self.reset = reset
    }
}

/// The operator's own program, asked before each session is planned.
public protocol CreationHook: Sendable {
    /// The request as the hook wants it; its instance and parameters may differ.
    ///
    /// - Throws: `permission_denied` where the hook refuses, `unavailable` where it fails.
    func rewrite(_ request: SessionRequest, caller: Caller) async throws(Failure) -> SessionRequest
}

/// Decides which version a reference means and whether this caller may run it.
public protocol LaunchAuthority: Sendable {
    /// - Throws: `not_found`, `permission_denied`, `invalid_argument`, `failed_precondition`, `sandbox_unavailable`.
    func plan(for request: SessionRequest, caller: Caller) async throws(Failure) -> LaunchPlan
    /// Whether a branch of a session may still be started by the plan that was issued for it.
    ///
    /// - Throws: `permission_denied`, `failed_precondition`, `unavailable` where it may not be any more.
    func confirm(_ plan: LaunchPlan, caller: Caller) async throws(Failure)
}

extension LaunchAuthority {
    /// For those whose versions are allowed for ever.
    public func confirm(_ plan: LaunchPlan, caller: Caller) async throws(Failure) {}
}
