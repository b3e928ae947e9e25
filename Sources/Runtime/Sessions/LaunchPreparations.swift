import Foundations
import JSON
import Manifests
import Sandboxes

/// What is the same for every session of a version: its command and what its sandbox has.
struct LaunchPreparation: Sendable {
    let command: [String]
    let directory: String
    let environment: [String: String]
    let mounts: [SandboxMount]
}

/// Makes preparations, each once: a thousand sessions of a version share one.
final class LaunchPreparations: Sendable {
    private let policy: ManifestAuthority.Policy
    private let standardMounts: [SandboxMount]
    private let sdkMount: SandboxMount
    private let known = Guarded<[String: LaunchPreparation]>([:])

    init(policy: ManifestAuthority.Policy) {
        self.policy = policy
        let bin = policy.python.split(separator: "/").dropLast()
        standardMounts =
            StandardMounts.system() + StandardMounts.python(prefix: "/" + bin.dropLast().joined(separator: "/"))
        sdkMount = .bind(source: policy.sdk + "/corral", target: Self.sdkTarget + "/corral")
    }

    /// - Throws: `permission_denied` or `failed_precondition` for a volume that is not allowed or not there; that is looked
    ///   at anew for every session.
    func preparation(
        of launch: Launch, _ entry: ManifestFolder.Entry, backend: LaunchPlan.Backend, isShared: Bool
    ) throws(Failure) -> LaunchPreparation {
        let key = entry.digest + (isShared ? "+" : "-") + backend.rawValue + (entry.python ?? "")
        if launch.volumes.isEmpty, let known = known.withLock({ $0[key] }) { return known }
        let preparation = LaunchPreparation(
            command: backend == .docker
                ? commandInContainer(launch, isShared: isShared)
                : try command(launch, isShared: isShared, python: entry.python ?? policy.python),
            directory: directory(launch, entry, backend), environment: environment(launch, backend),
            mounts: try mounts(launch, entry, backend))
        known.withLock { $0[key] = preparation }
        return preparation
    }

    private func command(_ launch: Launch, isShared: Bool, python: String) throws(Failure) -> [String] {
        switch launch.program {
        case .worker(let worker):
            return [python, "-m", "corral.worker"] + arguments(launch, worker, isShared: isShared)
        case .command(let words):
            let program = words.first ?? ""
            if program.hasPrefix("/") { return words }
            if ["python", "python3"].contains(program) { return [python] + words.dropFirst() }
            return ["/usr/bin/env", "--"] + words
        case .image, .native:
            throw Failure(.failedPrecondition, "an image cannot be started as a process")
        }
    }

    private func arguments(_ launch: Launch, _ worker: String, isShared: Bool) -> [String] {
        let zygote = isShared ? ["--zygote", "3"] + openings(launch) : []
        let config = String(decoding: launch.config.encoded(), as: UTF8.self)
        return zygote + [worker, "--config", config]
    }

    /// The image's interpreter runs workers, with the server's SDK before whatever the image has on its path; empty is
    /// what the image itself starts.
    private func commandInContainer(_ launch: Launch, isShared: Bool) -> [String] {
        switch launch.program {
        case .worker(let worker):
            let program = """
                import runpy, sys; sys.path.insert(0, "\(Self.sdkTarget)"); \
                runpy.run_module("corral.worker", run_name="__main__", alter_sys=True)
                """
            return ["python3", "-c", program] + arguments(launch, worker, isShared: isShared)
        case .command(let words): return words
        case .image, .native: return []
        }
    }

    /// Empty: the one that the image says.
    private func directory(
        _ launch: Launch, _ entry: ManifestFolder.Entry, _ backend: LaunchPlan.Backend
    ) -> String {
        switch backend {
        case .plain, .native: return entry.directory
        case .process: return Self.folderTarget
        case .docker: if case .worker = launch.program { return Self.folderTarget } else { return "" }
        }
    }

    /// What the fence between the sessions of a zygote lets through, because the operator permits it to all of them.
    private func openings(_ launch: Launch) -> [String] {
        let folders = launch.volumes.filter(\.isWritable).flatMap { ["--writable", $0.target] }
        return folders + (launch.network == .host ? ["--tcp"] : [])
    }

    private func environment(_ launch: Launch, _ backend: LaunchPlan.Backend) -> [String: String] {
        var variables = [
            "HOME": "/tmp", "TMPDIR": "/tmp", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1",
        ]
        // An image has its own.
        if backend != .docker {
            variables["PATH"] = "/usr/local/bin:/usr/bin:/bin"
            variables["LANG"] = "C.UTF-8"
            variables["PYTHONPATH"] = backend == .plain ? policy.sdk : Self.sdkTarget
        }
        for variable in launch.environment { variables[variable.name] = variable.value }
        return variables
    }

    /// Where a sandbox has the SDK and the folder of the manifest.
    private static let sdkTarget = "/opt/corral/python"
    private static let folderTarget = "/opt/corral/environment"

    private func mounts(
        _ launch: Launch, _ entry: ManifestFolder.Entry, _ backend: LaunchPlan.Backend
    ) throws(Failure) -> [SandboxMount] {
        var mounts = (backend == .docker ? [] : standardMounts) + [sdkMount]
        if backend != .docker, let python = entry.python {
            let own = StandardMounts.python(prefix: python.split(separator: "/").dropLast(2).map { "/" + $0 }.joined())
            mounts += own.filter { !mounts.contains($0) }
        }
        mounts.append(.bind(source: entry.directory, target: Self.folderTarget))
        for volume in launch.volumes {
            let source = try hostPath(volume.host, entry)
            guard entry.isOperators || policy.allowedVolumes.contains(where: { Self.lies(source, in: $0) }) else {
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
}
