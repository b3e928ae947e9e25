import Foundations
import Glibc
import Reactor
import TestSupport
import Testing

@testable import Sandboxes

/// A user of this host, other than root, who has ids of his own in `/etc/subuid` and `/etc/subgid`.
private struct OrdinaryUser {
    let name: String
    let range: Range<UInt32>

    static let first: OrdinaryUser? = {
        for line in (SystemFile.read("/etc/subuid") ?? "").split(separator: "\n") {
            let name = line.prefix { $0 != ":" }
            guard let entry = getpwnam(String(name)), entry.pointee.pw_uid != 0 else { continue }
            let users = IdentityPool.ranges(in: SystemFile.read("/etc/subuid") ?? "", of: [String(name)])
            let groups = IdentityPool.ranges(in: SystemFile.read("/etc/subgid") ?? "", of: [String(name)])
            if let range = users.first, range.count > 1, groups.contains(range) {
                return OrdinaryUser(name: String(name), range: range)
            }
        }
        return nil
    }()
}

extension SandboxTests {
    /// The launcher as a user without privilege runs it: maps by the helpers of the host, no cgroups.
    @Suite(
        .enabled(
            if: geteuid() == 0 && OrdinaryUser.first != nil && access("/usr/bin/newuidmap", X_OK) == 0
                && access("/usr/bin/setpriv", X_OK) == 0, "needs root, an ordinary user in /etc/subuid, and newuidmap"))
    @Reactor struct OrdinaryUsers {
        @Test func `an ordinary user's sandbox has the same fence, and soft limits`() async throws {
            let user = try #require(OrdinaryUser.first)
            let folder = try TemporaryDirectory()
            chmod(folder.path, 0o755)
            let program = folder.path + "/corral-sandbox"
            try writeFile(program, try readFile(try Host.findLauncher()))
            let launcher = try folder.write(
                "launcher",
                """
                #!/bin/sh
                exec /usr/bin/setpriv --reuid \(user.name) --regid \(user.name) --clear-groups \(program)

                """)
            chmod(program, 0o755)
            chmod(launcher, 0o755)
            let backend = ProcessBackend(
                launcher: launcher, cgroups: .unavailable("not delegated"), allowsSoftLimits: true,
                identities: .success(IdentityPool(subordinate: (user.range.lowerBound, UInt32(user.range.count)))))
            try await Bench.with(.plain) { bench in
                let running = try await Running(
                    bench.python(
                        """
                        import os
                        def refused(f, *a):
                            try: f(*a); return False
                            except OSError: return True
                        print(os.getuid(), os.getgroups(), refused(os.listdir, "/root"), refused(os.setuid, 0),
                            refused(os.kill, 1, 9), refused(os.mkdir, "/x"), open("/proc/self/uid_map").read().split()[1])
                        """), in: backend)
                #expect(await running.line() == "1000 [] True True True True \(user.range.lowerBound)")
                #expect(!running.sandbox.isolation.hasHardLimits && !running.sandbox.isolation.has(.sharing))
                await running.stop()
            }
        }
    }
}
