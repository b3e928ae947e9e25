import Containers
import Digest
import Foundations
import JSON
import Manifests
import Reactor
import Sandboxes
import Spaces
import Workers

/// Issues plans for the manifests of some folders; what the operator's policy does not allow is refused here.
public struct ManifestAuthority: LaunchAuthority {
    /// What the operator allows and provides.
    public struct Policy: Sendable {
        /// Preferred, where a manifest has a launch for it.
        public var backend: LaunchPlan.Backend
        /// The absolute path of the Python interpreter of workers.
        public var python: String
        /// The folder that holds the package `corral`.
        public var sdk: String
        public var allowsHostNetwork = false
        /// Folders of the host that manifests may mount, with all below them.
        public var allowedVolumes: [String] = []
        public var validation = LaunchPlan.Validation.full
        /// No manifest may take longer.
        public var longestCommand: Duration
        public var longestStart: Duration

        public init(
            backend: LaunchPlan.Backend, python: String, sdk: String, longestCommand: Duration, longestStart: Duration
        ) {
            self.backend = backend
            self.python = python
            self.sdk = sdk
            self.longestCommand = longestCommand
            self.longestStart = longestStart
        }
    }

    public let folder: ManifestFolder
    let policy: Policy
    let isolations: [LaunchPlan.Backend: IsolationReport]
    private let preparations: LaunchPreparations

    /// - Parameter isolations: Of the backends that the server has.
    public init(folder: ManifestFolder, policy: Policy, isolations: [LaunchPlan.Backend: IsolationReport]) {
        self.folder = folder
        self.policy = policy
        self.isolations = isolations
        preparations = LaunchPreparations(policy: policy)
    }

    public func plan(for request: SessionRequest, caller: Caller) async throws(Failure) -> LaunchPlan {
        try await plan(try folder.resolve(request.environment), for: request, caller: caller)
    }

    /// The plan for a version that was found already, here or by another authority.
    public func plan(
        _ entry: ManifestFolder.Entry, for request: SessionRequest, caller: Caller
    ) async throws(Failure) -> LaunchPlan {
        let manifest = entry.manifest
        let (launch, backend) = try choose(manifest)
        let resources = manifest.resources
        var observation: Space?
        var action: Space?
        if case .declared(let declaredObservation, let declaredAction) = manifest.spaces {
            (observation, action) = (declaredObservation, declaredAction)
        }
        var plan = LaunchPlan(
            reference: "\(manifest.reference)", digest: "sha256:\(entry.digest)", tenant: caller.tenant,
            backend: backend, launch: try planned(launch, entry, backend, request),
            times: LaunchPlan.Times(
                start: min(resources.startTime, policy.longestStart),
                reset: min(resources.resetTime, policy.longestCommand),
                step: min(resources.stepTime, policy.longestCommand)),
            validation: policy.validation,
            observationSpace: observation, actionSpace: action, instance: try instance(of: request, entry),
            instances: manifest.instances == .ask ? .worker : .any,
            parameters: try manifest.checkParameters(request.parameters),
            isNondeterministic: manifest.isNondeterministic)
        plan.fork = manifest.fork.map(ForkMechanism.init)
        // Copied in memory, always: there is no need to keep its calls.
        if backend == .native, !plan.fork.isEmpty { plan.fork = [.snapshot, .fork] }
        return plan
    }

    private func planned(
        _ launch: Launch, _ entry: ManifestFolder.Entry, _ backend: LaunchPlan.Backend, _ request: SessionRequest
    ) throws(Failure) -> LaunchPlan.Launch {
        let manifest = entry.manifest
        if case .native(let id, let precision) = launch.program {
            return .native(
                NativeLaunch(id: id, precision: precision, rows: request.rows, autoreset: request.autoreset))
        }
        guard request.rows == nil, request.autoreset == nil else {
            throw Failure(
                .failedPrecondition, "\(manifest.reference) has no rows: only native environments have",
                next: "leave rows and autoreset out, or create several sessions with count")
        }
        let isShared = launch.share == .zygote && launch.isEntry && isolations[backend]?.has(.sharing) == true
        let prepared = try preparations.preparation(of: launch, entry, backend: backend, isShared: isShared)
        var worker = WorkerLaunch(
            command: prepared.command, dialect: launch.dialect, isShared: isShared, directory: prepared.directory,
            environment: prepared.environment, mounts: prepared.mounts, network: try network(launch, manifest),
            limits: SandboxLimits(manifest.resources), logLimit: Int(min(manifest.resources.output, 16 << 20)))
        worker.sessionsPerWorker = launch.sessionsPerWorker
        worker.image = launch.sandboxImage
        return .worker(worker)
    }

    /// The launch of a manifest that this server can do, the preferred one first, and the backend that does it.
    ///
    /// - Throws: `failed_precondition` where it can do none.
    public func choose(_ manifest: Manifest) throws(Failure) -> (Launch, LaunchPlan.Backend) {
        if let launch = manifest.launch(.native) { return (launch, .native) }
        let own: LaunchPlan.Backend = isolations[.process] == nil ? .plain : .process
        let processes: [Backend] = own == .plain ? [.plain, .process] : [.process, .plain]
        let order = policy.backend == .docker ? [.docker] + processes : processes + [.docker]
        for kind in order {
            guard let launch = manifest.launch(kind) else { continue }
            if kind != .docker { return (launch, own) }
            if isolations[.docker] != nil { return (launch, .docker) }
        }
        let backends = manifest.launches.map(\.backend.rawValue).joined(separator: ", ")
        throw Failure(
            .failedPrecondition, "\(manifest.reference) cannot run on this server: it has no launch for it",
            next: "run it on a server with the backend \(backends)")
    }

    private func network(_ launch: Launch, _ manifest: Manifest) throws(Failure) -> SandboxSpecification.Network {
        guard launch.network == .host else { return .none }
        guard policy.allowsHostNetwork else {
            throw Failure(
                .permissionDenied, "\(manifest.reference) wants the host's network, which is not allowed",
                next: "the operator can allow it with --allow-host-network")
        }
        return .host
    }

    private func instance(
        of request: SessionRequest, _ entry: ManifestFolder.Entry
    ) throws(Failure) -> String? {
        let takesAny = entry.isOperators && entry.manifest.instances == .single
        guard !takesAny, let known = entry.instances else { return request.instance }
        guard let wanted = request.instance else {
            return request.unnamedInstance == .random ? known.randomElement() : known.first
        }
        guard known.contains(wanted) || request.instanceIsHooks else {
            let hint = nearest(to: wanted, among: known).map { "did you mean \"\($0)\"?" }
            throw Failure(
                .notFound, "\(entry.manifest.reference) has no instance \"\(wanted.prefix(200))\"",
                next: hint ?? (known.isEmpty ? "leave the instance out" : "GET the environment for the list"),
                details: ["instance": String(wanted.prefix(200))])
        }
        return wanted
    }
}

extension Launch {
    fileprivate var isEntry: Bool { if case .worker = program { true } else { false } }

    fileprivate var sandboxImage: SandboxImage? {
        image.map { image in
            SandboxImage(
                image, pull: PullPolicy(pull),
                labels: Dictionary(labels.map { ($0.name, $0.value) }) { $1 })
        }
    }

    fileprivate var dialect: WorkerConnection.Dialect {
        switch workerProtocol {
        case .version1: .v1
        case .version2: .v2
        case .auto: .undecided
        }
    }
}

extension SandboxLimits {
    fileprivate init(_ resources: Manifest.Resources) {
        self.init(
            memory: Int(resources.memory), processes: resources.pids, cores: resources.cpu, disk: Int(resources.disk),
            files: resources.files)
    }
}

extension ForkMechanism {
    fileprivate init(_ mechanism: Manifest.ForkMechanism) {
        self =
            switch mechanism {
            case .snapshot: .snapshot
            case .fork: .fork
            case .replay: .replay
            }
    }
}

extension PullPolicy {
    fileprivate init(_ pull: Launch.Pull) {
        self =
            switch pull {
            case .never: .never
            case .missing: .missing
            case .always: .always
            }
    }
}
