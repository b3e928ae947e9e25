import Foundations
import Glibc
import Reactor

/// A session's own cgroups below those of its sandbox.
@Reactor
final class CgroupFence: SessionFence {
    nonisolated let session: String
    var onEnd: (@Reactor () -> Void)?
    private let files: Int
    private let memory: Int
    private let sandbox: String
    private let group: Cgroup
    private var final: SandboxUsage?

    init(session: String, sandbox: String, group: Cgroup, limits: SandboxLimits) {
        self.session = session
        (files, memory) = (limits.files, limits.memory)
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
            let refusal = Kernel.limitFiles(of: process, to: files)
            // Not every root may; then it counts that the session has limited itself before it could do anything else.
            return refusal == EPERM && Self.openFiles(of: process).map { $0 <= files } == true ? 0 : refusal
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

    /// The hard limit of open files of a process.
    nonisolated private static func openFiles(of process: pid_t) -> UInt64? {
        let lines = (SystemFile.read("/proc/\(process)/limits") ?? "").split(separator: "\n")
        let line = lines.first { $0.hasPrefix("Max open files") }
        return line?.split(separator: " ").dropFirst(4).first.flatMap { UInt64($0) }
    }

    func usage() async -> SandboxUsage {
        if let final { return final }
        let group = group
        return await offload { group.usage() }
    }

    func allow(_ bytes: Int) async {
        let (group, limit) = (group, memory.addingClamped(bytes))
        await offload { group.changeMemory(to: limit) }
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
