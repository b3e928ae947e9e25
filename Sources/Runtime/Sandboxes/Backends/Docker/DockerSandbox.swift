import Containers
import Foundations
import Glibc
import Reactor

/// A container, its command, and the cgroups that the engine made for it.
@Reactor
final class DockerSandbox: Sandbox {
    nonisolated let name: String
    nonisolated let isolation: IsolationReport
    nonisolated let process: pid_t
    private let launcher: String
    private let launch: ContainerLaunch
    private let group: Cgroup
    private var scratch: ScratchServer?
    private var startingScratch: Task<Result<ScratchServer, Failure>, Never>?
    private var usageAtEnd: Task<SandboxUsage, Never>?
    private var end: Task<SandboxEnd, Never>?
    private var killing: Task<Void, Never>?
    var wasKilled: Bool { killing != nil }

    /// - Parameters:
    ///   - group: The container's own; nothing else is in it.
    ///   - remove: Takes the container away, and returns when nothing is left of it.
    init(
        name: String, isolation: IsolationReport, launcher: String, launch: ContainerLaunch, group: Cgroup,
        scratch: ScratchServer?, remove: @escaping @Reactor () async -> Void
    ) {
        self.name = name
        self.isolation = isolation
        self.launcher = launcher
        self.launch = launch
        self.group = group
        self.scratch = scratch
        process = launch.process
        end = Task { @Reactor in
            let end = await launch.untilEnded()
            _ = await self.finalUsage().value
            await self.closeScratchServer()
            launch.close()
            await remove()
            await group.remove()
            return end
        }
    }

    func openScratch(
        _ name: String, in family: String?, bytes: Int, inodes: Int
    ) async throws(Failure) -> String {
        try validateScratch(name, in: family)
        guard bytes > 0, inodes > 0 else {
            throw Failure(.invalidArgument, "a scratch folder has limits of at least 1")
        }
        try await scratchServer().open(name, in: family, bytes: bytes, inodes: inodes)
        return scratchPath(name, in: family, below: "/scratch")
    }

    func closeScratch(_ name: String, in family: String?) async throws(Failure) {
        try validateScratch(name, in: family)
        guard let scratch else { throw Failure(.failedPrecondition, "there is no scratch folder \(name)") }
        try await scratch.close(name, in: family)
    }

    func fence(session: String, limits: SandboxLimits) async throws(Failure) -> any SessionFence {
        try validateName(session, "session")
        try limits.validate()
        guard isolation.has(.sharing) else {
            throw Failure(
                .unimplemented, "sessions cannot share a container here: \(isolation.reason(.sharing))",
                next: "start one container for each session")
        }
        let fence = group.child(session)
        try await offload { () throws(Failure) in
            try fence.create()
            do throws(Failure) { try fence.apply(limits) } catch {
                _ = fence.removeFolders()
                throw error
            }
        }
        return CgroupFence(session: session, sandbox: group.name, group: fence, limits: limits)
    }

    func usage() async -> SandboxUsage {
        if let usageAtEnd { return await usageAtEnd.value }
        let group = group
        return await offload { CgroupTree.usage(of: group) }
    }

    func kill() {
        guard !wasKilled else { return }
        let group = group
        let usage = finalUsage()
        killing = Task { @Reactor in
            _ = await usage.value
            await group.killAll()
            launch.close()
        }
    }

    func waitUntilEnded() async {
        await killing?.value
        _ = await launch.untilEnded()
    }

    @discardableResult
    func waitUntilGone() async -> SandboxEnd { await end?.value ?? .killed }

    func wasEndedFromOutside(within patience: Duration) async -> Bool {
        await launch.hasEnded(within: patience) == .killed && !wasKilled
    }

    /// Read once, before the engine takes the cgroups away.
    private func finalUsage() -> Task<SandboxUsage, Never> {
        if let usageAtEnd { return usageAtEnd }
        let group = group
        let reading = Task {
            await offload {
                var usage = CgroupTree.usage(of: group)
                (usage.memory, usage.processes) = (0, 0)
                return usage
            }
        }
        usageAtEnd = reading
        return reading
    }

    private func scratchServer() async throws(Failure) -> ScratchServer {
        if let scratch { return scratch }
        guard geteuid() == 0 else {
            throw Failure(.unimplemented, "only root can make scratch folders in a container")
        }
        let starting =
            startingScratch
            ?? Task { [launcher, process] in
                do throws(Failure) {
                    return .success(
                        try await ScratchServer.start(launcher: launcher, process: process, isLone: false))
                } catch { return .failure(error) }
            }
        startingScratch = starting
        let server = try await starting.value.get()
        guard usageAtEnd == nil else {
            await server.close()
            throw Failure(.unavailable, "the sandbox is gone")
        }
        scratch = server
        return server
    }

    private func closeScratchServer() async {
        if let startingScratch, case .success(let server) = await startingScratch.value { await server.close() }
        await scratch?.close()
    }
}
