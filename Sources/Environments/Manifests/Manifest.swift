import JSON
import Spaces

/// The description of one version of an environment: `environment.yaml`, format 1.
public struct Manifest: Sendable, Hashable {
    public let name: EnvironmentName
    public let version: SemanticVersion
    /// The name where none is given.
    public let title: String
    public let description: String
    public let authors: [Author]
    /// An SPDX expression, as it was written.
    public let license: String?
    public let homepage: String?
    public let tags: [String]
    /// Gymnasium ids that mean this environment.
    public let gymnasium: [String]
    /// The ways to start it, at least one, each backend at most once.
    public let launches: [Launch]
    public let spaces: DeclaredSpaces
    public let reward: Reward
    /// The JSON Schema of the parameters; nil where anything is passed on to the worker.
    public let parameters: JSONValue?
    public let instances: Instances
    public let agents: Agents
    /// Whether the same seed and actions may give another trajectory.
    public let isNondeterministic: Bool
    /// What behaves otherwise than in the release before, where its number alone does not say so.
    public let behaviourChange: String?
    public let resources: Resources
    /// The ways to fork a session, the preferred one first; empty where forks are refused.
    public let fork: [ForkMechanism]
    public let compatibility: Compatibility
    public let assets: [Asset]
    public let renderModes: [String]
    /// All of the manifest as JSON, as it was written: without defaults.
    public let document: JSONObject

    /// The bytes that a digest of the manifest is made of: RFC 8785, so that comments, order and style do not count.
    public var canonical: [UInt8] { JSONValue.object(document).canonical }

    /// The exact reference of this version: `classic/CartPole@1.0.0`.
    public var reference: Reference { Reference(name, .exact(version)) }

    public func launch(_ backend: Backend) -> Launch? { launches.first { $0.backend == backend } }
}

extension Manifest {
    public struct Author: Sendable, Hashable {
        public let name: String
        public let url: String?
    }

    public struct Reward: Sendable, Hashable {
        /// The least and the greatest reward of a step; nil where unknown.
        public let range: ClosedRange<Double>?
        public let description: String
    }

    public enum DeclaredSpaces: Sendable, Hashable {
        /// The worker says them.
        case ask
        case declared(observation: Space, action: Space)
    }

    public enum Instances: Sendable, Hashable {
        /// There is one, and it has no name.
        case single
        case list([String])
        /// The files that match, by their path below the folder of the manifest.
        case files(String)
        /// The worker says them.
        case ask
    }

    public enum Agents: String, Sendable, Hashable, CaseIterable {
        case single, parallel
        case turnBased = "turn_based"
    }

    public enum ForkMechanism: String, Sendable, Hashable, CaseIterable {
        case snapshot, fork, replay
    }

    /// Version specifiers of PEP 440, as they were written.
    public struct Compatibility: Sendable, Hashable {
        public let python: String?
        public let gymnasium: String?
    }

    /// A file that belongs to the version.
    public struct Asset: Sendable, Hashable {
        /// Below the folder of the manifest.
        public let path: String
        /// 64 lower-case hexadecimal digits.
        public let sha256: String
    }

    /// What one session may use.
    public struct Resources: Sendable, Hashable {
        /// Processors, in cores.
        public var cpu = 1.0
        /// Bytes.
        public var memory: Int64 = 512 << 20
        /// Processes and threads.
        public var pids = 32
        /// Bytes of the scratch folder.
        public var disk: Int64 = 64 << 20
        /// Open files of a process.
        public var files = 256
        /// Bytes of standard error that are kept.
        public var output: Int64 = 1 << 20
        public var stepTime = Duration.seconds(60)
        public var startTime = Duration.seconds(60)
        public var resetTime = Duration.seconds(60)
        public var gpus = 0

        public init() {}
    }
}
