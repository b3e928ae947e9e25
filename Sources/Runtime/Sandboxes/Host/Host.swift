import Foundations
import Glibc
import Reactor

/// The machine the server runs on.
public enum Host {
    /// Where `corral-sandbox` is: beside this program, or in `../libexec/corral` from it.
    ///
    /// - Throws: `sandboxUnavailable` when it is in neither place.
    public static func findLauncher() throws(Failure) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = max(0, readlink("/proc/self/exe", &buffer, buffer.count))
        let program = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let folder = program.lastIndex(of: "/").map { program[..<$0] } ?? "."
        for path in ["\(folder)/corral-sandbox", "\(folder)/../libexec/corral/corral-sandbox"]
        where access(path, X_OK) == 0 { return path }
        throw Failure(
            .sandboxUnavailable, "the program corral-sandbox is not beside corral", next: "install Corral again")
    }
}

/// One thing that sandboxes need of the host, for people and for `GET /v1/capabilities`.
public struct HostCheck: Sendable, Hashable {
    public let name: String
    public let isFine: Bool
    /// What was found, and what to do where it is not fine.
    public let text: String

    public init(name: String, isFine: Bool, text: String) {
        self.name = name
        self.isFine = isFine
        self.text = text
    }
}

/// Looks at everything that sandboxes need.
public struct HostProbe: Sendable {
    public let checks: [HostCheck]
    public let isolation: IsolationReport

    /// - Parameter backend: Its sandbox around `true` is what really proves the host.
    public static func run(_ backend: ProcessBackend, cgroups: CgroupTree.Choice) async -> HostProbe {
        let isolation = await backend.probe()
        let isBuilt = isolation.has(.user)
        var checks = [
            HostCheck(
                name: "sandbox", isFine: isBuilt,
                text: isBuilt ? "a sandbox was built and removed" : isolation.reason(.user))
        ]
        checks += await offload { userNamespaces() + [seccomp(), landlock(), identities(), describe(cgroups)] }
        return HostProbe(checks: checks, isolation: isolation)
    }

    private static func userNamespaces() -> [HostCheck] {
        let switches = [
            ("/proc/sys/kernel/unprivileged_userns_clone", 0, "sysctl kernel.unprivileged_userns_clone=1"),
            (
                "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", 1,
                "sysctl kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile for corral-sandbox"
            ),
            ("/proc/sys/user/max_user_namespaces", 0, "sysctl user.max_user_namespaces=10000"),
        ]
        return switches.compactMap { path, bad, remedy in
            guard let value = SystemFile.number(path) else { return nil }
            let name = path.split(separator: "/").last.map(String.init) ?? path
            let isFine = value != bad || (geteuid() == 0 && !path.hasSuffix("max_user_namespaces"))
            return HostCheck(name: name, isFine: isFine, text: isFine ? "\(value)" : "\(value); run: \(remedy)")
        }
    }

    private static func seccomp() -> HostCheck {
        let isFine = SystemFile.read("/proc/self/status")?.contains("\nSeccomp:") == true
        return HostCheck(name: "seccomp", isFine: isFine, text: isFine ? "filters work" : "the kernel has no seccomp")
    }

    private static func landlock() -> HostCheck {
        let version = Kernel.landlockVersion
        return HostCheck(
            name: "landlock", isFine: version >= 6,
            text: version >= 6
                ? "version \(version)"
                : "version \(version); below 6 (Linux 6.12) every session gets a sandbox of its own")
    }

    private static func identities() -> HostCheck {
        do {
            let pool = try IdentityPool.ofThisUser(server: 0)
            return HostCheck(
                name: "ids", isFine: true, text: pool.usesHelpers ? "newuidmap and a subordinate range" : "as root")
        } catch {
            return HostCheck(name: "ids", isFine: false, text: "\(error.message); \(error.next)")
        }
    }

    private static func describe(_ cgroups: CgroupTree.Choice) -> HostCheck {
        switch cgroups {
        case .unavailable(let reason):
            return HostCheck(name: "cgroups", isFine: false, text: "limits would be soft: \(reason)")
        case .available(let tree):
            let version = tree.isVersion2 ? "version 2" : "version 1"
            let roles = tree.roles.map(\.rawValue).sorted().joined(separator: ", ")
            return HostCheck(name: "cgroups", isFine: true, text: "\(version) with \(roles)")
        }
    }
}
