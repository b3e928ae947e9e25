import Foundations
import Glibc
import Reactor
import Testing

@testable import Sandboxes

extension SandboxTests {
    /// What every backend promises.
    @Suite(.serialized) @Reactor struct Contract {
        @Test(arguments: BackendKind.allCases)
        func `a command gets its arguments and environment and its exit status is told`(_ kind: BackendKind)
            async throws
        {
            try await Bench.with(kind) { bench in
                let running = try await bench.start(
                    bench.python(
                        "import os, sys; print(sorted(k for k in os.environ if k != 'LC_CTYPE')); sys.exit(7)",
                        environment: ["KEY": "a=b\n"]))
                await running.untilEnd()
                // An image's own variables come first.
                let more =
                    kind == .docker ? ", 'PATH', 'PIP_BREAK_SYSTEM_PACKAGES', 'PIP_ROOT_USER_ACTION'" : ""
                #expect(running.text == "['KEY'\(more)]\n")
                #expect(await running.sandbox.waitUntilGone() == .exited(7))
            }
        }

        @Test(arguments: BackendKind.allCases)
        func `a command that ignores SIGTERM and has children ends when it is killed`(_ kind: BackendKind) async throws
        {
            try await Bench.with(kind) { bench in
                let running = try await bench.start(
                    bench.python(
                        """
                        import os, signal, time
                        signal.signal(signal.SIGTERM, signal.SIG_IGN)
                        for _ in range(3): os.fork()
                        if os.getpid() == os.getpgrp(): print("up", flush=True)
                        time.sleep(60)
                        """))
                #expect(await running.line() == "up")
                await running.stop()
                #expect(Glibc.kill(running.sandbox.process, 0) == -1 && errno == ESRCH)
            }
        }

        @Test(arguments: BackendKind.allCases)
        func `a scratch folder is made once, can be written, and is empty the next time`(_ kind: BackendKind)
            async throws
        {
            try await Bench.with(kind) { bench in
                let running = try await bench.start(
                    bench.python(
                        """
                        import os, sys
                        for line in sys.stdin:
                            path = line.strip()
                            open(path + "/file", "w").write("x")
                            print(os.listdir(path), flush=True)
                        """))
                for _ in 0..<2 {
                    let path = try await running.sandbox.openScratch("a-1", bytes: 1 << 20, inodes: 100)
                    running.write(path + "\n")
                    #expect(await running.line() == "['file']")
                    await #expect(throws: Failure.self) {
                        try await running.sandbox.openScratch("a-1", bytes: 1 << 20, inodes: 100)
                    }
                    try await running.sandbox.closeScratch("a-1")
                }
                await #expect(throws: Failure.self) { try await running.sandbox.closeScratch("a-1") }
                for name in ["", "..", "a/b", "ä", String(repeating: "a", count: 65)] {
                    let failure = await #expect(throws: Failure.self) {
                        try await running.sandbox.openScratch(name, bytes: 1, inodes: 1)
                    }
                    #expect(failure?.code == .invalidArgument)
                }
                await running.stop()
                await #expect(throws: Failure.self) { try await running.sandbox.closeScratch("a-1") }
            }
        }

        @Test(arguments: BackendKind.allCases)
        func `a server that is behind with reading gets the answer to every request`(_ kind: BackendKind)
            async throws
        {
            try await Bench.with(kind) { bench in
                let running = try await bench.start(bench.python("import sys; sys.stdin.read()"))
                #expect(await Self.refusals(running.sandbox, count: 2000) == 2000)
                _ = try await running.sandbox.openScratch("a", bytes: 1 << 20, inodes: 100)
                try await running.sandbox.closeScratch("a")
                await running.stop()
            }
        }

        /// How many requests for what is not there are refused, all made before the first answer can be read.
        @Reactor
        private static func refusals(_ sandbox: any Sandbox, count: Int) async -> Int {
            let requests = (0..<count).map { number in
                Task.immediate { () -> Bool in
                    do throws(Failure) {
                        try await sandbox.closeScratch("none-\(number)")
                        return false
                    } catch { return error.code == .failedPrecondition }
                }
            }
            var refused = 0
            for request in requests where await request.value { refused += 1 }
            return refused
        }

        @Test(arguments: BackendKind.allCases)
        func `a program that is not there is a failure and leaves nothing`(_ kind: BackendKind) async throws {
            try await Bench.with(kind) { bench in
                var specification = bench.python("")
                specification.command = ["/nonexistent/program"]
                let failure = await #expect(throws: Failure.self) { try await bench.start(specification) }
                #expect(failure?.code == .failedPrecondition)
                specification.command = ["program"]
                #expect(
                    await #expect(throws: Failure.self) { try await bench.start(specification) }?.code
                        == (kind == .docker ? .failedPrecondition : .invalidArgument))
            }
        }

        @Test(arguments: BackendKind.allCases)
        func `a name is in use until its sandbox is gone`(_ kind: BackendKind) async throws {
            try await Bench.with(kind) { bench in
                let specification = bench.python("import time; time.sleep(60)")
                let running = try await bench.start(specification)
                #expect(
                    await #expect(throws: Failure.self) { try await bench.start(specification) }?.code == .alreadyExists
                )
                await running.stop()
                await (try await bench.start(specification)).stop()
            }
        }

        @Test(arguments: BackendKind.allCases)
        func `the control descriptor arrives as 3 and nothing else does`(_ kind: BackendKind) async throws {
            try await Bench.with(kind) { bench in
                let pair = try Descriptor.socketPair(packets: true)
                let report = try Descriptor.memory("report", holding: [])
                let program = "import os; os.write(3, repr(sorted(os.listdir('/proc/self/fd'))[:4]).encode())"
                let sandbox = try await bench.backend.start(
                    bench.python(program),
                    descriptors: SandboxDescriptors(
                        input: report.raw, output: report.raw, errors: report.raw, control: pair.second.raw))
                await sandbox.waitUntilGone()
                var bytes = [UInt8](repeating: 0, count: 200)
                let count = read(pair.first.raw, &bytes, bytes.count)
                // The fourth is the folder being listed, but for 3.
                #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) == "['0', '1', '2', '3']")
            }
        }
    }
}
