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
    let isolation: IsolationReport

    /// - Parameter isolation: Of the policy's backend.
    public init(folder: ManifestFolder, policy: Policy, isolation: IsolationReport) {
        self.folder = folder
        self.policy = policy
        self.isolation = isolation
    }

    public func plan(for request: SessionRequest, caller: Caller) async throws(Failure) -> LaunchPlan {
        let entry = try folder.resolve(request.environment)
        let manifest = entry.manifest
        let preferred: [Backend] = policy.backend == .plain ? [.plain, .process] : [.process, .plain]
        guard let launch = preferred.lazy.compactMap(manifest.launch).first else {
            throw Failure(
                .failedPrecondition, "\(manifest.reference) cannot run on this server: it has no launch for a process",
                next:
                    "run it on a server with the backend \(manifest.launches.map(\.backend.rawValue).joined(separator: ", "))"
            )
        }
        let isShared = launch.share == .zygote && launch.isEntry && isolation.has(.sharing)
        let resources = manifest.resources
        var observation: Space?
        var action: Space?
        if case .declared(let declaredObservation, let declaredAction) = manifest.spaces {
            (observation, action) = (declaredObservation, declaredAction)
        }
        return LaunchPlan(
            reference: "\(manifest.reference)", digest: "sha256:\(entry.digest)", tenant: caller.tenant,
            backend: policy.backend, command: try command(launch, isShared: isShared), dialect: launch.dialect,
            isShared: isShared, directory: policy.backend == .plain ? entry.directory : Self.folderTarget,
            environment: environment(launch), mounts: try mounts(launch, entry),
            network: try network(launch, manifest), limits: SandboxLimits(resources),
            times: LaunchPlan.Times(
                start: min(resources.startTime, policy.longestStart),
                reset: min(resources.resetTime, policy.longestCommand),
                step: min(resources.stepTime, policy.longestCommand)),
            logLimit: Int(min(resources.output, 16 << 20)), validation: policy.validation, observationSpace: observation, actionSpace: action,
            instance: try instance(request.instance, entry),
            instances: manifest.instances == .ask ? .worker : .any,
            parameters: try manifest.checkParameters(request.parameters),
            isNondeterministic: manifest.isNondeterministic)
    }

    private func command(_ launch: Launch, isShared: Bool) throws(Failure) -> [String] {
        switch launch.program {
        case .worker(let worker):
            let zygote = isShared ? ["--zygote", "3"] : []
            let config = String(decoding: launch.config.encoded(), as: UTF8.self)
            return [policy.python, "-m", "corral.worker"] + zygote + [worker, "--config", config]
        case .command(let words):
            let program = words.first ?? ""
            if program.hasPrefix("/") { return words }
            if ["python", "python3"].contains(program) { return [policy.python] + words.dropFirst() }
            return ["/usr/bin/env", "--"] + words
        case .image:
            throw Failure(.failedPrecondition, "an image cannot be started as a process")
        }
    }

    private func environment(_ launch: Launch) -> [String: String] {
        var variables = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/tmp", "TMPDIR": "/tmp",
            "PYTHONPATH": policy.backend == .plain ? policy.sdk : Self.sdkTarget, "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
        ]
        for variable in launch.environment { variables[variable.name] = variable.value }
        return variables
    }

    /// Where a sandbox has the SDK and the folder of the manifest.
    private static let sdkTarget = "/opt/corral/python"
    private static let folderTarget = "/opt/corral/environment"

    private func mounts(_ launch: Launch, _ entry: ManifestFolder.Entry) throws(Failure) -> [SandboxMount] {
        var mounts = StandardMounts.system()
        let bin = policy.python.split(separator: "/").dropLast()
        mounts += StandardMounts.python(prefix: "/" + bin.dropLast().joined(separator: "/"))
        mounts.append(.bind(source: policy.sdk + "/corral", target: Self.sdkTarget + "/corral"))
        mounts.append(.bind(source: entry.directory, target: Self.folderTarget))
        for volume in launch.volumes {
            let source = try hostPath(volume.host, entry)
            guard policy.allowedVolumes.contains(where: { Self.lies(source, in: $0) }) else {
                throw Failure(
                    .permissionDenied,
                    "\(entry.manifest.reference) wants to mount \(volume.host), which is not allowed",
                    next: "the operator can allow it with --allow-volumes")
            }
            mounts.append(.bind(source: source, target: volume.target, writable: volume.isWritable))
        }
        return mounts
    }

    /// Whether a path without links is a folder or lies below it.
    private static func lies(_ path: String, in folder: String) -> Bool {
        let folder = folder.hasPrefix("~/") ? homeDirectory() + folder.dropFirst() : folder
        guard let allowed = resolvedPath(folder) else { return false }
        return path == allowed || path.hasPrefix(allowed == "/" ? "/" : allowed + "/")
    }

    private func hostPath(_ path: String, _ entry: ManifestFolder.Entry) throws(Failure) -> String {
        var absolute = path
        if path.hasPrefix("~/") {
            absolute = homeDirectory() + path.dropFirst()
        } else if !path.hasPrefix("/") {
            absolute = entry.directory + "/" + path
        }
        guard let resolved = resolvedPath(absolute) else {
            throw Failure(.failedPrecondition, "the volume \(path) of \(entry.manifest.reference) is not there")
        }
        return resolved
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

    private func instance(_ wanted: String?, _ entry: ManifestFolder.Entry) throws(Failure) -> String? {
        guard let known = entry.instances else { return wanted }
        guard let wanted else { return known.first }
        guard known.contains(wanted) else {
            let hint = nearest(to: wanted, among: known).map { "did you mean \"\($0)\"?" }
            throw Failure(
                .notFound, "\(entry.manifest.reference) has no instance \"\(wanted.prefix(200))\"",
                next: hint ?? (known.isEmpty ? "leave the instance out" : "GET the environment for the list"))
        }
        return wanted
    }
}

extension Launch {
    fileprivate var isEntry: Bool { if case .worker = program { true } else { false } }

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
