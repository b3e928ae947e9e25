import Containers
import Foundations
import Glibc
import Reactor
import Testing

@testable import Sandboxes

/// Cgroups with hard limits around everything that a test starts, so that no bomb can leave them.
struct OuterFence {
    let outer: CgroupTree
    let tree: CgroupTree

    static let isPossible: Bool = {
        guard case .available(let tree) = CgroupTree.open(server: .random(in: 1 ... .max)) else {
            return false
        }
        return tree.root.removeFolders()
    }()

    static func make() throws -> OuterFence {
        guard case .available(let outer) = CgroupTree.open(server: .random(in: 1 ... .max)) else {
            throw Failure(.sandboxUnavailable, "no cgroups")
        }
        try outer.root.apply(SandboxLimits(memory: 700 << 20, processes: 400))
        let memory = try #require(outer.root.path(.memory))
        let pids = try #require(outer.root.path(.pids))
        let limit = memory.isVersion2 ? "memory.max" : "memory.limit_in_bytes"
        try #require(SystemFile.number("\(memory.path)/\(limit)") == 700 << 20)
        try #require(SystemFile.number("\(pids.path)/pids.max") == 400)
        return OuterFence(outer: outer, tree: try CgroupTree.open(server: .random(in: 1 ... .max), inside: outer))
    }

    /// Whether the kernel counts the process inside the outer limits.
    func holds(_ process: pid_t) -> Bool {
        let lines = (SystemFile.read("/proc/\(process)/cgroup") ?? "").split(separator: "\n")
        let name = CgroupTree.folderName(outer.server)
        let counted = outer.isVersion2 ? [""] : ["memory", "pids"]
        return counted.allSatisfy { controller in
            lines.contains { line in
                let parts = line.split(separator: ":", omittingEmptySubsequences: false)
                return parts.count == 3
                    && parts[1].split(separator: ",", omittingEmptySubsequences: false).contains { $0 == controller }
                    && parts[2].contains(name)
            }
        }
    }

    /// Checks that the test left nothing, and takes the fence away.
    func close() async {
        for place in tree.root.places {
            #expect(SystemFile.folders(in: place.path).isEmpty, "cgroups are left")
            #expect(SystemFile.read(place.path + "/cgroup.procs") == "", "processes are left")
        }
        #expect(await outer.root.remove())
    }
}

/// Which backend a test of the contract runs on.
enum BackendKind: String, CaseIterable, CustomTestStringConvertible {
    case process, plain, docker
    /// Those that fence their commands in.
    static let fencing: [BackendKind] = [.process, .docker]
    var testDescription: String { rawValue }
}

@Reactor
final class Bench {
    let kind: BackendKind
    let backend: any SandboxBackend
    let fence: OuterFence?
    private let mounts = Bench.mounts()
    private let scratch: String
    private var engine: EngineClient?
    private var number: UInt32 = 0

    init(_ kind: BackendKind = .process) throws {
        self.kind = kind
        scratch = "/tmp/corral-sandboxes-\(UInt32.random(in: 0 ... .max))"
        mkdir(scratch, 0o700)
        switch kind {
        case .plain:
            (backend, fence) = (PlainBackend(scratch: scratch), nil)
        case .process:
            let fence = try OuterFence.make()
            self.fence = fence
            backend = ProcessBackend(
                server: fence.tree.server, launcher: try Host.findLauncher(), cgroups: .available(fence.tree))
        case .docker:
            let server = UInt32.random(in: 1 ... .max)
            let engine = try TestEngine.client()
            self.engine = engine
            (backend, fence) = (
                DockerBackend(
                    server: server, engine: engine, launcher: try Host.findLauncher(), folder: scratch + "/containers"),
                nil
            )
            number = server
        }
    }

    /// The mounts of this process, but for those of container engines, which come and go for others too.
    private static func mounts() -> [Substring] {
        let lines = (SystemFile.read("/proc/self/mountinfo") ?? "").split(separator: "\n")
        return lines.filter { !$0.contains(" - overlay ") && !$0.contains("/containers/") }
    }

    /// Whether hard limits of memory and processes hold a process, whatever it does: those around the whole test, or
    /// those of its container.
    func holds(_ process: pid_t, limits: SandboxLimits) -> Bool {
        if let fence { return fence.holds(process) }
        return TestEngine.holds(process, limits: limits)
    }

    func close() async {
        await fence?.close()
        if let engine {
            let left = try? await engine.containers(
                label: DockerBackend.serverLabel, value: TestEngine.hexadecimal(number))
            #expect(left == [], "containers are left")
            for name in ["engine", "seccomp.json", "seccomp-shared.json"] { unlink("\(scratch)/containers/\(name)") }
            #expect(rmdir(scratch + "/containers") == 0 || errno == ENOENT, "folders of containers are left")
        }
        #expect(Self.mounts() == mounts, "mounts are left")
        #expect(rmdir(scratch) == 0, "scratch folders are left")
    }

    static func with(_ kind: BackendKind = .process, _ body: @Reactor (Bench) async throws -> Void) async throws {
        if kind == .docker, let reason = TestEngine.missing { try Test.cancel("\(reason)") }
        let bench = try Bench(kind)
        do { try await body(bench) } catch {
            await bench.close()
            throw error
        }
        await bench.close()
    }

    func python(
        _ program: String, limits: SandboxLimits = SandboxLimits(memory: 256 << 20, disk: 16 << 20, inodes: 500),
        loopback: Bool = false, isShared: Bool = false, environment: [String: String] = ["PATH": "/usr/bin"]
    ) -> SandboxSpecification {
        SandboxSpecification(
            name: "t\(UInt32.random(in: 0 ... .max))", command: ["/usr/bin/python3", "-c", program],
            environment: environment, mounts: kind == .docker ? [] : StandardMounts.system(), limits: limits,
            loopback: loopback, isShared: isShared, image: kind == .docker ? TestEngine.image : nil)
    }

    func trivial() -> SandboxSpecification {
        SandboxSpecification(
            name: "t\(UInt32.random(in: 0 ... .max))", command: ["/usr/bin/sleep", "60"],
            mounts: StandardMounts.system())
    }

    func start(_ specification: SandboxSpecification) async throws -> Running {
        try await Running(specification, in: backend)
    }

    /// Runs a program to its end and returns what it printed.
    func output(_ specification: SandboxSpecification) async throws -> String {
        let running = try await start(specification)
        await running.untilEnd()
        await running.sandbox.waitUntilGone()
        return running.text
    }

    func output(python program: String) async throws -> String { try await output(python(program)) }
}

/// A sandbox with its standard input and output.
@Reactor
final class Running {
    let sandbox: any Sandbox
    private(set) var text = ""
    private let channel: Channel
    private var hasEnded = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(_ specification: SandboxSpecification, in backend: any SandboxBackend) async throws {
        let pair = try Descriptor.socketPair()
        channel = try Channel(Descriptor(owning: fcntl(pair.first.raw, F_DUPFD_CLOEXEC, 0)))
        let theirs = pair.second.raw
        // Nobody listens yet: what the command prints meanwhile has to wait.
        channel.pause(true)
        do {
            sandbox = try await backend.start(
                specification, descriptors: SandboxDescriptors(input: theirs, output: theirs, errors: theirs))
        } catch {
            channel.close()
            throw error
        }
        channel.onReceive = { [weak self] bytes in
            guard let self else { return }
            text += String(decoding: bytes, as: UTF8.self)
            wake()
        }
        channel.onEnd = { [weak self] _ in
            guard let self else { return }
            hasEnded = true
            wake()
        }
        channel.pause(false)
    }

    func write(_ text: String) { channel.send(Array(text.utf8)) }

    func untilEnd() async {
        while !hasEnded {
            await withCheckedContinuation { if hasEnded { $0.resume() } else { waiters.append($0) } }
        }
    }

    /// Waits until a line has come and returns it; what was printed before is dropped.
    func line() async -> String {
        while !text.contains("\n") && !hasEnded {
            await withCheckedContinuation {
                if text.contains("\n") || hasEnded { $0.resume() } else { waiters.append($0) }
            }
        }
        let line = text.prefix { $0 != "\n" }
        text = String(text.dropFirst(line.count + 1))
        return String(line)
    }

    /// Ends it from outside and waits until nothing is left.
    @discardableResult
    func stop() async -> SandboxEnd {
        sandbox.kill()
        let end = await sandbox.waitUntilGone()
        channel.close()
        return end
    }

    private func wake() {
        for waiter in waiters { waiter.resume() }
        waiters = []
    }
}

/// Everything that starts sandboxes, one test after the other: they count processes and measure time.
@Suite(
    .serialized, .enabled(if: OuterFence.isPossible, "needs memory and pids cgroups that it may write"),
    .timeLimit(.minutes(2)))
enum SandboxTests {}
