import Containers
import Foundations
import Glibc
import Reactor

@testable import Sandboxes

/// The container engine that tests use: the one that `DOCKER_HOST` names, with the image of `scripts/base-image`.
enum TestEngine {
    static let image = SandboxImage("corral-base:bookworm", pull: .never)

    private static let address = getenv("DOCKER_HOST").map { String(cString: $0) }

    /// Why there is none; nil where there is.
    static let missing: String? = {
        guard let address else { return "needs a container engine: name one with DOCKER_HOST (scripts/engine)" }
        guard geteuid() == 0 else { return "needs root, for the cgroups of sessions" }
        let command = ["docker", "image", "inspect", image.reference]
        return system(command.joined(separator: " ") + " >/dev/null 2>&1") == 0
            ? nil : "the engine at \(address) has no image \(image.reference): run scripts/base-image"
    }()

    /// Whether it is Podman's compatible socket.
    static let isPodman = system("docker version 2>/dev/null | grep -q Podman") == 0

    static func client() throws -> EngineClient { try EngineClient(EngineAddress(address ?? "")) }

    /// Whether the kernel holds a container to limits that are no wider than these.
    static func holds(_ process: pid_t, limits: SandboxLimits) -> Bool {
        let trees = CgroupHierarchy.parse(
            mounts: SystemFile.read("/proc/self/mountinfo") ?? "",
            memberships: SystemFile.read("/proc/\(process)/cgroup") ?? "")
        func limit(_ controller: String, _ file1: String, _ file2: String) -> Int? {
            let tree = trees.first { $0.controllers.contains(controller) } ?? trees.first { $0.isVersion2 }
            guard let tree, var path = tree.own as String? else { return nil }
            // A session's own group may be wider than the container's above it.
            var least: Int?
            while path.hasPrefix(tree.mount + "/") {
                if let number = SystemFile.number("\(path)/\(tree.isVersion2 ? file2 : file1)") {
                    least = min(least ?? number, number)
                }
                path = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
            }
            return least
        }
        guard let memory = limit("memory", "memory.limit_in_bytes", "memory.max"),
            let processes = limit("pids", "pids.max", "pids.max")
        else { return false }
        return memory <= limits.memory && processes <= limits.processes + 1
    }

    static func hexadecimal(_ server: UInt32) -> String {
        let digits = String(server, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
