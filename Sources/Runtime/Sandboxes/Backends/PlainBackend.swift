import Foundations
import Glibc
import Reactor

/// No fence at all: the command runs as the server's own user and sees all of the host. For development, behind trust.
///
/// Mounts are not made: paths of the command are the host's. Nothing but files and output is limited.
@Reactor
public final class PlainBackend: SandboxBackend {
    nonisolated public let name = "plain"
    private let scratch: String
    private var names: Set<String> = []

    /// - Parameter scratch: A folder that the server owns; scratch folders are made below it.
    nonisolated public init(scratch: String) { self.scratch = scratch }

    nonisolated static let isolation = IsolationReport(
        backend: "plain",
        entries: IsolationReport.Feature.allCases.map {
            IsolationReport.Entry(feature: $0, isActive: false, reason: "the plain backend has no fence")
        })

    public func probe() async -> IsolationReport { Self.isolation }

    public func start(
        _ specification: SandboxSpecification, descriptors: SandboxDescriptors
    ) async throws(Failure) -> any Sandbox {
        try specification.validate()
        guard names.insert(specification.name).inserted else {
            throw Failure(.alreadyExists, "a sandbox of that name is there already")
        }
        let child: ChildProcess
        do {
            var list = [descriptors.input, descriptors.output, descriptors.errors]
            if let control = descriptors.control { list.append(control) }
            child = try ChildProcess.spawn(
                specification.command[0], arguments: Array(specification.command.dropFirst()),
                environment: specification.environment, descriptors: list, directory: specification.directory)
        } catch {
            names.remove(specification.name)
            throw error
        }
        let name = specification.name
        return PlainSandbox(name: name, child: child, folder: "\(scratch)/\(name)") { self.names.remove(name) }
    }
}

/// A process group of the server's own user.
@Reactor
final class PlainSandbox: Sandbox {
    nonisolated let name: String
    nonisolated let process: pid_t
    nonisolated var isolation: IsolationReport { PlainBackend.isolation }
    private let child: ChildProcess
    private let folder: String
    private let end: Task<SandboxEnd, Never>

    init(name: String, child: ChildProcess, folder: String, onEnd: @escaping @Reactor () -> Void) {
        self.name = name
        self.child = child
        self.folder = folder
        process = child.id
        end = Task { @Reactor in
            await child.waitUntilEnded()
            // The leader is gone, but as long as others are in its group the kernel gives its number to nobody.
            Glibc.kill(-child.id, SIGKILL)
            await offload { FolderRemoval.remove(folder) }
            onEnd()
            guard let status = child.status else { return .killed }
            return status >= 128 ? .signaled(status - 128) : .exited(status)
        }
    }

    func openScratch(
        _ name: String, in family: String?, bytes: Int, inodes: Int
    ) async throws(Failure) -> String {
        try validateScratch(name, in: family)
        let parent = folder
        let shared = family.map { "\(parent)/\($0)" }
        let path = scratchPath(name, in: family, below: folder)
        return try await offload { () throws(Failure) in
            mkdir(parent, 0o700)
            if let shared { mkdir(shared, 0o700) }
            guard mkdir(path, 0o700) == 0 else {
                throw Failure(
                    errno == EEXIST ? .alreadyExists : .failedPrecondition,
                    "the scratch folder \(name) cannot be made: \(errorText(errno))")
            }
            return path
        }
    }

    func closeScratch(_ name: String, in family: String?) async throws(Failure) {
        try validateScratch(name, in: family)
        let path = scratchPath(name, in: family, below: folder)
        let shared = family.map { "\(folder)/\($0)" }
        try await offload { () throws(Failure) in
            guard SystemFile.exists(path) else {
                throw Failure(.failedPrecondition, "there is no scratch folder \(name)")
            }
            FolderRemoval.remove(path)
            if let shared { rmdir(shared) }
        }
    }

    func fence(session: String, limits: SandboxLimits) async throws(Failure) -> any SessionFence {
        throw Failure(
            .unimplemented, "the plain backend has no fence between sessions", next: "start one for each session")
    }

    func usage() async -> SandboxUsage { SandboxUsage() }

    func kill() {
        if !child.hasEnded { Glibc.kill(-child.id, SIGKILL) }
        child.signal(SIGKILL)
    }

    @discardableResult
    func waitUntilGone() async -> SandboxEnd { await end.value }
}
