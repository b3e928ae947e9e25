import Foundations
import Glibc
import Reactor
import Testing

@testable import Sandboxes

/// A zygote in small: every line it reads it forks a child, which says who it is and does what the line says.
private let zygote = """
    import os, signal, socket, struct, sys, time
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    control = socket.socket(fileno=3)
    while True:
        line = control.recv(65536)
        if not line: break
        if os.fork() == 0:
            control.send(b"here")
            time.sleep(0.2)
            exec(line.decode())
            os._exit(0)
    """

/// A shared sandbox with its zygote.
@Reactor
private final class Family {
    let sandbox: any Sandbox
    private let control: PacketSocket
    private var arrivals: [pid_t] = []
    private var waiter: CheckedContinuation<pid_t, Never>?

    init(_ bench: Bench, limits: SandboxLimits) async throws {
        let pair = try Descriptor.socketPair(packets: true)
        let null = Descriptor(owning: Glibc.open("/dev/null", O_RDWR | O_CLOEXEC))
        control = try PacketSocket(Descriptor(owning: fcntl(pair.first.raw, F_DUPFD_CLOEXEC, 0)))
        sandbox = try await bench.backend.start(
            bench.python(zygote, limits: limits, isShared: true),
            descriptors: SandboxDescriptors(input: null.raw, output: null.raw, errors: 2, control: pair.second.raw))
        control.onMessage = { [weak self] _, process in
            guard let self else { return }
            if let waiter { waiter.resume(returning: process) } else { arrivals.append(process) }
            waiter = nil
        }
    }

    /// Forks a child that runs `program`, and puts it behind a fence of its own.
    func open(_ session: String, _ limits: SandboxLimits, _ program: String) async throws -> any SessionFence {
        try control.send(Array(program.utf8))
        let process: pid_t
        if arrivals.isEmpty {
            process = await withCheckedContinuation { waiter = $0 }
        } else {
            process = arrivals.removeFirst()
        }
        let fence = try await sandbox.fence(session: session, limits: limits)
        try await fence.admit(process)
        return fence
    }

    func close() async {
        sandbox.kill()
        await sandbox.waitUntilGone()
        control.close()
    }
}

extension SandboxTests {
    @Suite(.serialized, .enabled(if: Kernel.landlockVersion >= 6, "needs Landlock 6")) @Reactor struct Shared {
        private static let small = SandboxLimits(memory: 64 << 20, processes: 10)
        private static let large = SandboxLimits(memory: 300 << 20, processes: 100)

        private func until(_ fence: any SessionFence, _ condition: (SandboxUsage) -> Bool) async -> SandboxUsage {
            let deadline = ContinuousClock.now + .seconds(20)
            var usage = await fence.usage()
            while !condition(usage), ContinuousClock.now < deadline {
                try? await Task.sleep(for: .milliseconds(5))
                usage = await fence.usage()
            }
            return usage
        }

        @Test(arguments: BackendKind.fencing)
        func `a session has its own limits of memory and processes, and the others do not feel them`(
            _ kind: BackendKind
        ) async throws {
            try await Bench.with(kind) { bench in
                let family = try await Family(bench, limits: Self.large)
                try #require(bench.holds(family.sandbox.process, limits: Self.large))
                let calm = try await family.open("calm", Self.small, "time.sleep(60)")
                let greedy = try await family.open(
                    "greedy", Self.small, "x = []\nwhile True: x.append(b'x' * (1 << 20))")
                let forking = try await family.open(
                    "forking", Self.small, "while True:\n    try: os.fork()\n    except OSError: pass")
                #expect(await until(greedy) { $0.outOfMemoryKills > 0 }.outOfMemoryKills == 1)
                let usage = await until(forking) { $0.refusedProcesses > 0 }
                #expect(usage.refusedProcesses > 0 && usage.processes <= 10)
                #expect(await calm.usage().processes == 1)
                #expect(await calm.usage().outOfMemoryKills == 0)
                for fence in [greedy, forking] { await fence.remove() }
                #expect(await calm.usage().processes == 1)
                await calm.remove()
                await family.close()
            }
        }

        @Test(arguments: BackendKind.fencing)
        func `removing a session ends all of it, leaves its siblings, and frees its name`(_ kind: BackendKind)
            async throws
        {
            try await Bench.with(kind) { bench in
                let family = try await Family(bench, limits: Self.large)
                let program = "os.fork(); os.setsid(); os.fork(); time.sleep(60)"
                let sibling = try await family.open("sibling", Self.small, "time.sleep(60)")
                for _ in 0..<3 {
                    let fence = try await family.open("one", Self.small, program)
                    #expect(await until(fence) { $0.processes == 4 }.processes == 4)
                    await #expect(throws: Failure.self) {
                        try await family.sandbox.fence(session: "one", limits: Self.small)
                    }
                    await fence.remove()
                    #expect(await fence.usage().processes == 0)
                }
                #expect(await sibling.usage().processes == 1)
                await family.close()
            }
        }

        @Test(arguments: BackendKind.fencing)
        func `a process of the host or of another sandbox is not admitted`(_ kind: BackendKind) async throws {
            try await Bench.with(kind) { bench in
                let family = try await Family(bench, limits: Self.large)
                let other = try await bench.start(bench.python("import time; time.sleep(60)"))
                let fence = try await family.sandbox.fence(session: "one", limits: Self.small)
                for process in [getpid(), 1, other.sandbox.process, pid_t.max] {
                    let failure = await #expect(throws: Failure.self) { try await fence.admit(process) }
                    #expect(failure?.code == .notFound)
                }
                #expect(await fence.usage().processes == 0)
                await other.stop()
                await family.close()
            }
        }
    }
}
