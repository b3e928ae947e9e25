import Foundations
import Glibc
import Reactor
import Testing

@testable import Sandboxes

extension SandboxTests {
    /// What a command behind the fence cannot reach.
    @Suite(.serialized) @Reactor struct Fence {
        /// Runs `attempts` and returns those that were not refused by an `OSError`.
        private func successes(_ bench: Bench, _ attempts: [String]) async throws -> [String] {
            let program = """
                import ctypes, os, signal, socket
                libc = ctypes.CDLL(None, use_errno=True)
                def call(number, *arguments):
                    if libc.syscall(number, *arguments) < 0: raise OSError(ctypes.get_errno(), "refused")
                for attempt in \(attempts):
                    try:
                        exec(attempt)
                        print(attempt, flush=True)
                    except OSError: pass
                print("end")
                """
            let lines = try await bench.output(python: program).split(separator: "\n").map(String.init)
            #expect(lines.last == "end")
            return lines.dropLast()
        }

        @Test func `host files, settings of the kernel and the keeper's memory are out of reach`() async throws {
            try await Bench.with { bench in
                let open = try await successes(
                    bench,
                    [
                        "open('/etc/shadow')", "os.listdir('/root')", "os.listdir('/home')", "os.listdir('/sys')",
                        "open('/proc/sys/kernel/core_pattern', 'w')", "open('/proc/sys/kernel/hostname', 'w')",
                        "open('/proc/sysrq-trigger', 'w')", "open('/proc/1/environ')", "open('/proc/1/mem')",
                        "os.listdir('/proc/1/root')", "os.write(os.open('/proc/self/uid_map', os.O_WRONLY), b'0 0 1')",
                        "os.write(os.open('/proc/self/oom_score_adj', os.O_WRONLY), b'-1')", "open('/usr/x', 'w')",
                        "os.mkdir('/x')",
                        "os.mkdir('/scratch/x')", "open('/dev/null2', 'w')", "open('/etc/passwd', 'a')",
                        "os.chmod('/etc/passwd', 0o777)", "os.unlink('/dev/null')",
                    ])
                #expect(open == [])
            }
        }

        @Test func `no privilege can be had`() async throws {
            try await Bench.with { bench in
                let open = try await successes(
                    bench,
                    [
                        "os.setuid(0)", "os.setgroups([0])", "os.setgid(0)", "call(272, 0x10000000)",
                        "call(272, 0x20000)",
                        "call(56, 0x10000000 | 17, 0, 0, 0, 0)", "call(435, 0, 0)", "call(165, 0, b'/tmp', 0, 0, 0)",
                        "call(308, 0, 0)", "call(155, b'.', b'.')", "call(161, b'/tmp')", "call(101, 16, 1, 0, 0)",
                        "call(310, 1, 0, 0, 0, 0, 0)", "call(438, 0, 0, 0)", "call(425, 1, 0)", "call(321, 0, 0, 0)",
                        "call(323, 0)", "call(298, 0, 0, 0, 0, 0)", "call(250, 0, 0)", "call(447, 0)",
                        "call(304, 0, 0, 0)",
                        "call(135, 0x40000)", "call(154, 0, 0, 0)", "call(0x40000000 + 39)",
                        "call(16, 0, 0x5412, b'x')",
                        "os.mknod('/tmp/device', 0o20666, os.makedev(1, 1))", "call(170, b'x', 1)",
                    ])
                #expect(open == [])
            }
        }

        @Test(.enabled(if: Kernel.landlockVersion >= 6, "needs Landlock 6"))
        func `sessions of one sandbox have no objects of the kernel in common, and cannot limit each other`()
            async throws
        {
            try await Bench.with { bench in
                let program = """
                    import ctypes, os, resource, signal, sys
                    sys.stdin.readline()
                    libc = ctypes.CDLL(None, use_errno=True)
                    print([libc.syscall(n, 0, 4096, 0o1600) for n in (29, 30, 64, 68, 240)])
                    child = os.fork()
                    if child == 0: signal.pause()
                    try: resource.prlimit(child, resource.RLIMIT_CPU, (1, 1)); print("limited")
                    except PermissionError: print("refused")
                    resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))
                    """
                let running = try await bench.start(bench.python(program, isShared: true))
                running.write("go\n")
                #expect(await running.line() == "[-1, -1, -1, -1, -1]")
                #expect(await running.line() == "refused")
                await running.stop()
            }
        }

        @Test func `ordinary work is not hindered`() async throws {
            try await Bench.with { bench in
                let program = """
                    import mmap, multiprocessing, os, socket, subprocess, tempfile, threading
                    os.mkfifo("/tmp/fifo")
                    a, b = socket.socketpair()
                    t = threading.Thread(target=lambda: a.send(b"x")); t.start(); t.join()
                    m = mmap.mmap(-1, 1 << 20); m[0] = 1
                    with multiprocessing.Pool(2) as pool: print(pool.map(abs, [-1, -2]))
                    print(subprocess.run(["/bin/sh", "-c", "echo $((6 * 7)); id -u; hostname"], capture_output=True, text=True).stdout.split())
                    print(os.sysconf("SC_NPROCESSORS_ONLN") > 0, b.recv(1), open("/proc/meminfo").read(8))
                    """
                let text = try await bench.output(python: program)
                #expect(text == "[1, 2]\n['42', '1000', 'corral']\nTrue b'x' MemTotal\n")
            }
        }

        @Test func `nothing listens on the network of a sandbox and nothing outside can be reached`() async throws {
            try await Bench.with { bench in
                let listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
                defer { close(listener) }
                try #require(listen(listener, 8) == 0)
                var address = sockaddr_in()
                var size = socklen_t(MemoryLayout<sockaddr_in>.size)
                _ = withUnsafeMutablePointer(to: &address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &size) }
                }
                let port = UInt16(bigEndian: address.sin_port)
                let abstract = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
                defer { close(abstract) }
                var name = sockaddr_un()
                name.sun_family = sa_family_t(AF_UNIX)
                name.sun_path.1 = 67
                let bound = withUnsafePointer(to: &name) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(abstract, $0, 4) }
                }
                try #require(bound == 0 && listen(abstract, 8) == 0)
                let open = try await successes(
                    bench,
                    [
                        "socket.create_connection(('127.0.0.1', \(port)), 2)",
                        "socket.create_connection(('8.8.8.8', 53), 2)",
                        "socket.socket(socket.AF_UNIX).connect(chr(0) + 'C')",
                        "socket.socket(socket.AF_UNIX).connect('/var/run/docker.sock')",
                        "socket.socket(socket.AF_UNIX).connect('/run/docker.sock')",
                        "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)", "socket.socket(40, socket.SOCK_STREAM)",
                        "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
                        "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
                    ])
                #expect(open == [])
            }
        }

        @Test func `loopback works only where it was asked for`() async throws {
            try await Bench.with { bench in
                let program = """
                    import socket
                    try:
                        s = socket.create_server(("127.0.0.1", 0)); c = socket.create_connection(s.getsockname(), 2); print("yes")
                    except OSError: print("no")
                    """
                let without = try await bench.output(bench.python(program))
                let with = try await bench.output(bench.python(program, loopback: true))
                #expect(without == "no\n" && with == "yes\n")
            }
        }

        @Test func `signals to everybody, a stop and a trace do not reach the keeper`() async throws {
            try await Bench.with { bench in
                let program = """
                    import os, signal, sys
                    for number in (9, 15, 19, 18, 2):
                        for target in (1, -1):
                            try: os.kill(target, number); print("sent", target, number)
                            except OSError: pass
                    print("alive", flush=True)
                    os.kill(os.getpid(), signal.SIGSTOP)
                    """
                let running = try await bench.start(bench.python(program))
                #expect(await running.line() == "alive")
                #expect(try await running.sandbox.openScratch("s", bytes: 4096, inodes: 4) == "/scratch/s")
                #expect(await running.stop() == .killed)
            }
        }

        @Test func `a daemon that forked twice and left its session ends with the command`() async throws {
            try await Bench.with { bench in
                let program = """
                    import os, time
                    if os.fork() == 0:
                        os.setsid()
                        if os.fork() == 0: time.sleep(60)
                        os._exit(0)
                    os.wait()
                    print(len([p for p in os.listdir("/proc") if p.isdigit()]))
                    """
                let text = try await bench.output(python: program)
                #expect(text == "2\n")
            }
        }

        @Test func `orphans are reaped while the command runs`() async throws {
            try await Bench.with { bench in
                let program = """
                    import os, time
                    for _ in range(20):
                        if os.fork() == 0:
                            if os.fork() == 0: os._exit(0)
                            os._exit(0)
                        os.wait()
                    end = time.time() + 10
                    while time.time() < end and len([p for p in os.listdir("/proc") if p.isdigit()]) > 1: time.sleep(0.01)
                    print([p for p in os.listdir("/proc") if p.isdigit()] == [str(os.getpid())])
                    """
                let text = try await bench.output(python: program)
                #expect(text == "True\n")
            }
        }
    }
}
