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

    func openScratch(
        _ name: String, in family: String?, bytes: Int, inodes: Int
    ) async throws(Failure) -> String {
        try validateScratch(name, in: family)
        guard bytes > 0, inodes > 0 else {
            throw Failure(.invalidArgument, "a scratch folder has limits of at least 1")
        }
        try await control.ask("scratch", name, " \(bytes) \(inodes)" + (family.map { " " + $0 } ?? ""))
        return scratchPath(name, in: family, below: "/scratch")
    }

    func closeScratch(_ name: String, in family: String?) async throws(Failure) {
        try validateScratch(name, in: family)
        try await control.ask("unscratch", name, family.map { " " + $0 } ?? "")
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
        return CgroupFence(session: session, sandbox: name, group: fence, limits: limits)
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
