import Foundations
import Glibc
import Reactor
import Testing

@testable import Sandboxes

extension SandboxTests {
    /// What the server learns about its host, and what it leaves there.
    @Suite(.serialized) @Reactor struct HostSuite {
        @Test func `the probe builds a real sandbox and names every feature`() async throws {
            try await Bench.with { bench in
                let tree = try #require(bench.fence?.tree)
                let backend = try #require(bench.backend as? ProcessBackend)
                let probe = await HostProbe.run(backend, cgroups: .available(tree))
                #expect(
                    probe.checks.first
                        == HostCheck(name: "sandbox", isFine: true, text: "a sandbox was built and removed"))
                #expect(Set(probe.isolation.entries.map(\.feature)) == Set(IsolationReport.Feature.allCases))
                #expect(probe.isolation.hasHardLimits)
                #expect(
                    probe.isolation.summary.hasPrefix(
                        "process: user,pid,mount,network,ipc,uts,cgroup namespaces; seccomp"))
            }
        }

        @Test func `a probe whose launcher is missing says why and does not throw`() async throws {
            let backend = ProcessBackend(server: 1, launcher: "/nonexistent", cgroups: .unavailable("none"))
            let report = await backend.probe()
            #expect(report.summary == "process: none")
            #expect(report.reason(.user).contains("/nonexistent"))
        }

        @Test func `without cgroups a sandbox runs when soft limits are allowed, and does not hold many sessions`()
            async throws
        {
            try await Bench.with(.plain) { bench in
                let backend = ProcessBackend(
                    server: 1, launcher: try Host.findLauncher(), cgroups: .unavailable("none"), allowsSoftLimits: true)
                let program = """
                    try: x = bytes(200 << 20); print("had it")
                    except MemoryError: print("refused")
                    """
                let specification = bench.python(program, limits: SandboxLimits(memory: 100 << 20))
                let running = try await Running(specification, in: backend)
                #expect(await running.line() == "refused")
                #expect(!running.sandbox.isolation.hasHardLimits)
                await running.stop()
                var shared = specification
                shared.isShared = true
                #expect(
                    await #expect(throws: Failure.self) { try await Running(shared, in: backend) }?.code
                        == .unimplemented)
            }
        }

        @Test func `a source below a folder that only the server may enter is mounted, and read-only`() async throws {
            try await Bench.with { bench in
                let folder = "/tmp/corral-private-\(UInt32.random(in: 0 ... .max))"
                mkdir(folder, 0o700)
                mkdir(folder + "/data", 0o755)
                close(Glibc.open(folder + "/data/file", O_CREAT | O_WRONLY, 0o644))
                var specification = bench.python(
                    """
                    import os
                    print(os.listdir("/data"), os.statvfs("/data").f_flag & 7)
                    """)
                specification.mounts.append(.bind(source: folder + "/data", target: "/data"))
                let text = try await bench.output(specification)
                #expect(text == "['file'] 7\n")
                specification.mounts.append(.same(folder + "/missing"))
                let failure = await #expect(throws: Failure.self) { try await bench.start(specification) }
                #expect(failure?.code == .failedPrecondition && failure?.details["stage"] == "bind")
                #expect(failure?.message.contains(folder) == false)
                unlink(folder + "/data/file")
                rmdir(folder + "/data")
                rmdir(folder)
            }
        }

        @Test func `a sandbox ends when the server's end of its control socket does`() async throws {
            try await Bench.with { bench in
                let specification = bench.python("import time; print('up', flush=True); time.sleep(60)")
                let running = try await bench.start(specification)
                #expect(await running.line() == "up")
                try #require(running.sandbox as? ProcessSandbox).loseServer()
                #expect(await running.sandbox.waitUntilGone() == .killed)
                await running.stop()
            }
        }

        @Test(.enabled(if: access("/usr/bin/java", X_OK) == 0, "needs a JVM"))
        func `a JVM runs behind the fence`() async throws {
            try await Bench.with { bench in
                var specification = bench.python("", limits: SandboxLimits(memory: 512 << 20))
                specification.command = ["/usr/bin/java", "-Xmx64m", "-version"]
                let text = try await bench.output(specification)
                #expect(text.contains("Runtime Environment"))
            }
        }

        @Test func `fifty sandboxes are started and removed one after the other without a trace`() async throws {
            try await Bench.with { bench in
                for _ in 0..<50 {
                    let running = try await bench.start(bench.trivial())
                    await running.stop()
                }
                let children = SystemFile.folders(in: "/proc").filter { name in
                    SystemFile.read("/proc/\(name)/stat")?.contains(") Z \(getpid()) ") == true
                }
                #expect(children.isEmpty)
            }
        }
    }
}
