import Foundations
import Logging
import Reactor
import Sandboxes
import Sessions

/// What checks need of a server or a program: where sessions run, and by which rules.
public struct CheckBench: Sendable {
    public let hosts: any SessionHostSource & Sendable
    public let policy: ManifestAuthority.Policy
    public let isolations: [LaunchPlan.Backend: IsolationReport]
    /// The id of the server, for its sessions' ids.
    public let server: UInt32
    /// For what replays keep; it is there.
    public let folder: String
    /// Where trajectories are that a new version is compared with; nil: nowhere.
    public let trajectories: String?
    /// The version of the program.
    public let checker: String
    public let logger: Logger

    public init(
        hosts: any SessionHostSource & Sendable, policy: ManifestAuthority.Policy,
        isolations: [LaunchPlan.Backend: IsolationReport], server: UInt32, folder: String, trajectories: String?,
        checker: String, logger: Logger
    ) {
        self.hosts = hosts
        self.policy = policy
        self.isolations = isolations
        self.server = server
        self.folder = folder
        self.trajectories = trajectories
        self.checker = checker
        self.logger = logger
    }

    /// A service of its own for one check, over the same sandboxes: its sessions take no places of the server's.
    @Reactor
    func service(_ variants: Variants, _ recorders: any SessionRecorderSource) -> SessionService {
        var policy = policy
        policy.validation = .full
        policy.allowsHostNetwork = false
        var limits = SessionService.Limits(
            maxSessions: 16, idleTimeout: .seconds(3600), maxLifetime: .seconds(7200))
        limits.limitFamilies(sessions: 8, memory: 4 << 30)
        limits.limitJournals(total: 64 << 20, folder: folder)
        let authority = ManifestAuthority(folder: variants.folder, policy: policy, isolations: isolations)
        return SessionService(
            server: server, limits: limits, authority: authority, hosts: hosts, observers: [],
            recorders: recorders, logger: logger)
    }
}

/// Tells how far a check is.
public struct CheckProgress: Sendable {
    /// What is being looked at, in words.
    public let step: String
    /// From 0 to 1, by the time that is used up.
    public let fraction: Double

    public init(step: String, fraction: Double) {
        self.step = step
        self.fraction = fraction
    }
}
