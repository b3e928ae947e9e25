import Foundations
import Glibc
import Reactor

/// A sandbox of the `process` backend: our launcher's namespaces, with cgroups where the host has them.
@Reactor
final class ProcessSandbox: Sandbox {
    nonisolated let name: String
    nonisolated let isolation: IsolationReport
    nonisolated let process: pid_t
    private let keeper: ChildProcess
    private let control: ControlSocket
    private let group: Cgroup?
    private let end: Task<(SandboxEnd, SandboxUsage), Never>

    init(
        name: String, isolation: IsolationReport, keeper: ChildProcess, control: ControlSocket, group: Cgroup?,
        end: Task<(SandboxEnd, SandboxUsage), Never>
    ) {
        self.name = name
        self.isolation = isolation
        self.keeper = keeper
        self.control = control
        self.group = group
        self.end = end
        process = keeper.id
    }

    func openScratch(_ name: String, bytes: Int, inodes: Int) async throws(Failure) -> String {
        try validateName(name, "scratch folder")
        guard bytes > 0, inodes > 0 else {
            throw Failure(.invalidArgument, "a scratch folder has limits of at least 1")
        }
        try await control.ask("scratch", name, " \(bytes) \(inodes)")
        return "/scratch/\(name)"
    }

    func closeScratch(_ name: String) async throws(Failure) {
        try validateName(name, "scratch folder")
        try await control.ask("unscratch", name)
    }

    func fence(session: String, limits: SandboxLimits) async throws(Failure) -> any SessionFence {
        try validateName(session, "session")
        try limits.validate()
        guard let group, isolation.has(.sharing) else {
            throw Failure(
                .unimplemented, "sessions cannot share a sandbox here: \(isolation.reason(.sharing))",
                next: "start one sandbox for each session")
        }
        let fence = group.child(session)
        try await offload { () throws(Failure) in
            try fence.create()
            do throws(Failure) { try fence.apply(limits) } catch {
                _ = fence.removeFolders()
                throw error
            }
        }
        return CgroupFence(session: session, sandbox: name, group: fence, files: limits.files)
    }

    func usage() async -> SandboxUsage {
        guard let group, !keeper.hasEnded else { return await end.value.1 }
        let usage = await offload { CgroupTree.usage(of: group) }
        return keeper.hasEnded ? await end.value.1 : usage
    }

    func kill() { keeper.signal(SIGKILL) }

    /// What the end of the server does to it.
    func loseServer() { control.close() }

    @discardableResult
    func waitUntilGone() async -> SandboxEnd { await end.value.0 }
}

/// A session's own cgroups below those of its sandbox.
@Reactor
final class CgroupFence: SessionFence {
    nonisolated let session: String
    var onEnd: (@Reactor () -> Void)?
    private let files: Int
    private let sandbox: String
    private let group: Cgroup
    private var final: SandboxUsage?

    init(session: String, sandbox: String, group: Cgroup, files: Int) {
        self.session = session
        self.files = files
        self.sandbox = sandbox
        self.group = group
    }

    func admit(_ process: pid_t) async throws(Failure) {
        let watched: ChildProcess
        do throws(Failure) {
            watched = try ChildProcess(watching: process)
        } catch {
            throw error.code == .notFound ? Self.ended(process) : error
        }
        let group = group
        let inside = "/\(sandbox)/"
        let files = UInt64(files)
        let number = await offload {
            // The number comes from a message; it must name a process of this sandbox and no other.
            guard SystemFile.read("/proc/\(process)/cgroup")?.contains(inside) == true else { return ESRCH }
            let number = group.admit(process)
            if number != 0 { return number }
            return Kernel.limitFiles(of: process, to: files)
        }
        if watched.hasEnded || number == ESRCH { throw Self.ended(process) }
        guard number == 0 else {
            throw Failure(.sandboxUnavailable, "a session cannot be put under its limits: \(errorText(number))")
        }
        Task { [weak self] in
            await watched.waitUntilEnded()
            let onEnd = self?.onEnd
            self?.onEnd = nil
            onEnd?()
        }
    }

    func usage() async -> SandboxUsage {
        if let final { return final }
        let group = group
        return await offload { group.usage() }
    }

    func remove() async {
        onEnd = nil
        await group.killAll()
        var usage = await self.usage()
        (usage.memory, usage.processes) = (0, 0)
        if final == nil { final = usage }
        await group.remove()
    }

    private static func ended(_ process: pid_t) -> Failure {
        Failure(.notFound, "process \(process) has ended or is not in this sandbox")
    }
}
