import Foundations
import Glibc
import Reactor
import Testing

@testable import Sandboxes

extension SandboxTests {
    /// Programs that take all they can get; each begins only after the outer cgroups were seen to hold it.
    @Suite(.serialized) @Reactor struct Bombs {
        /// Starts a program that waits for a line, checks that the outer fence holds it, and lets it go.
        private func release(
            _ bench: Bench, _ program: String, limits: SandboxLimits = SandboxLimits(memory: 128 << 20, processes: 40)
        ) async throws -> Running {
            let running = try await bench.start(
                bench.python("import sys; sys.stdin.readline()\n" + program, limits: limits))
            guard bench.holds(running.sandbox.process, limits: limits) else {
                await running.stop()
                throw Failure(.internal, "no hard limits hold the program")
            }
            running.write("go\n")
            return running
        }

        private func expectPromptEnd(_ running: Running, _ kind: BackendKind) async {
            let start = ContinuousClock.now
            await running.stop()
            // An engine takes its time to remove what has long ended.
            #expect(ContinuousClock.now - start < (kind == .docker ? .seconds(10) : .seconds(5)))
        }

        @Test(arguments: BackendKind.fencing)
        func `a memory bomb is ended by the kernel and counted`(_ kind: BackendKind) async throws {
            try await Bench.with(kind) { bench in
                let running = try await release(bench, "x = []\nwhile True: x.append(b'x' * (1 << 20))")
                await running.untilEnd()
                #expect(await running.sandbox.waitUntilGone() == .signaled(SIGKILL))
                #expect(await running.sandbox.usage().outOfMemoryKills == 1)
            }
        }

        @Test(arguments: BackendKind.fencing)
        func `a memory bomb in a grandchild is counted and leaves the command alive`(_ kind: BackendKind) async throws {
            try await Bench.with(kind) { bench in
                let running = try await release(
                    bench,
                    """
                    import os, time
                    if os.fork() == 0:
                        if os.fork() == 0:
                            x = []
                            while True: x.append(b'x' * (1 << 20))
                        os.wait(); os._exit(0)
                    os.wait(); print("alive", flush=True); time.sleep(60)
                    """)
                #expect(await running.line() == "alive")
                let usage = await running.sandbox.usage()
                #expect(usage.outOfMemoryKills == 1 && usage.peakMemory > 100 << 20)
                await running.stop()
            }
        }

        @Test(
            arguments: BackendKind.fencing,
            [
                "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
                """
                import threading, time
                def more():
                    while True:
                        try: threading.Thread(target=more).start()
                        except RuntimeError: time.sleep(0.01)
                more()
                """,
                "import os\nwhile True:\n    try:\n        if os.fork() == 0: os.setsid()\n    except OSError: pass",
            ])
        func `a bomb of processes or threads stays small, and the keeper still obeys and dies`(
            _ kind: BackendKind, _ program: String
        ) async throws {
            try await Bench.with(kind) { bench in
                let running = try await release(bench, program)
                let deadline = ContinuousClock.now + .seconds(20)
                var usage = await running.sandbox.usage()
                while usage.processes < 40 || usage.refusedProcesses == 0, ContinuousClock.now < deadline {
                    usage = await running.sandbox.usage()
                }
                #expect((40...42).contains(usage.processes))
                #expect(usage.refusedProcesses > 0)
                #expect(try await running.sandbox.openScratch("s", bytes: 4096, inodes: 4) == "/scratch/s")
                try await running.sandbox.closeScratch("s")
                await expectPromptEnd(running, kind)
            }
        }

        @Test(arguments: BackendKind.fencing)
        func `files fill their place and nothing else`(_ kind: BackendKind) async throws {
            try await Bench.with(kind) { bench in
                let program = """
                    import os
                    def fill(folder):
                        bytes_, files = 0, 0
                        try:
                            with open(folder + "/big", "wb", buffering=0) as f:
                                while True: bytes_ += f.write(bytes(1 << 16))
                        except OSError: pass
                        os.unlink(folder + "/big")
                        try:
                            while files < 1000: open(f"{folder}/{files}", "w").close(); files += 1
                        except OSError: pass
                        for name in os.listdir(folder): os.unlink(f"{folder}/{name}")
                        return bytes_ <= 8 << 20, 90 <= files <= 100
                    print(fill("/tmp"), fill("/dev/shm"))
                    """
                let limits = SandboxLimits(memory: 128 << 20, disk: 8 << 20, inodes: 100)
                let running = try await release(bench, program, limits: limits)
                // Podman limits the bytes alone.
                let isLimited = kind != .docker || !TestEngine.isPodman
                #expect(
                    await running.line() == (isLimited ? "(True, True) (True, True)" : "(True, False) (True, False)"))
                await running.stop()
            }
        }

        @Test(arguments: BackendKind.fencing)
        func `open files and the size of one file are limited`(_ kind: BackendKind) async throws {
            try await Bench.with(kind) { bench in
                let program = """
                    import os, signal
                    files = []
                    try:
                        while True: files.append(os.open("/dev/null", os.O_RDONLY))
                    except OSError as e: print(len(files) < 64, e.errno)
                    for f in files: os.close(f)
                    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                    try:
                        with open("/tmp/f", "wb", buffering=0) as f:
                            while True: f.write(bytes(1 << 16))
                    except OSError as e: print(e.errno, os.path.getsize("/tmp/f"))
                    """
                let limits = SandboxLimits(memory: 128 << 20, files: 64, output: 1 << 20)
                let running = try await release(bench, program, limits: limits)
                #expect(await running.line() == "True \(EMFILE)")
                #expect(await running.line() == "\(EFBIG) \(1 << 20)")
                await running.stop()
            }
        }

        @Test(arguments: BackendKind.fencing)
        func `a busy loop that ignores every signal uses its share of a core and ends at once`(_ kind: BackendKind)
            async throws
        {
            try await Bench.with(kind) { bench in
                let program = """
                    import signal
                    for n in range(1, 65):
                        try: signal.signal(n, signal.SIG_IGN)
                        except (OSError, ValueError): pass
                    print("up", flush=True)
                    while True: pass
                    """
                let limits = SandboxLimits(memory: 128 << 20, cores: 0.2)
                let running = try await release(bench, program, limits: limits)
                #expect(await running.line() == "up")
                let begin = ContinuousClock.now
                let before = await running.sandbox.usage().processorTime
                while ContinuousClock.now - begin < .seconds(1) { try await Task.sleep(for: .milliseconds(50)) }
                let share = (await running.sandbox.usage().processorTime - before) / (ContinuousClock.now - begin)
                #expect(share > 0.02 && share < 0.4)
                await expectPromptEnd(running, kind)
            }
        }
    }
}
