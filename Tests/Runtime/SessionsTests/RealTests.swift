import Foundations
import Glibc
import JSON
import Logging
import Manifests
import Reactor
import ScriptedSessions
import TestSupport
import Testing

@testable import Sandboxes
@testable import Sessions

/// What a checkout needs to run real workers in real sandboxes.
private enum Checkout {
    static let root: String = {
        var folder = #filePath
        for _ in 0..<4 { folder = String(folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)]) }
        return folder
    }()
    static let python = root + "/.venv/bin/python"
    static let hasPython = access(python, X_OK) == 0
    static let hasSandboxes: Bool = {
        guard geteuid() == 0, case .available(let tree) = CgroupTree.open(server: .random(in: 1 ... .max)) else {
            return false
        }
        return tree.root.removeFolders()
    }()
}

/// A service over the `process` backend and the bundled environments, and what it leaves behind.
@Reactor
private final class RealService {
    let service: SessionService
    private let cgroups: CgroupTree

    private init(_ folders: [String], maxSessions: Int) async throws {
        guard case .available(let cgroups) = CgroupTree.open(server: .random(in: 1 ... .max)) else {
            throw Failure(.sandboxUnavailable, "no cgroups")
        }
        self.cgroups = cgroups
        let backend = ProcessBackend(
            server: cgroups.server, launcher: try Host.findLauncher(), cgroups: .available(cgroups))
        let policy = ManifestAuthority.Policy(
            backend: .process, python: Checkout.python, sdk: Checkout.root + "/Python", longestCommand: .seconds(30),
            longestStart: .seconds(60))
        let pool = WorkerPool(
            .init(
                spares: 1, familyLimits: SandboxLimits(memory: 1 << 30, processes: 256), lineLimit: 1 << 20,
                idleTimeout: .seconds(3600)), backends: [.process: backend], logger: .silent)
        service = SessionService(
            server: cgroups.server,
            limits: .init(maxSessions: maxSessions, idleTimeout: .seconds(3600), maxLifetime: .seconds(3600)),
            authority: ManifestAuthority(
                folder: try VersionDigest.load(folders), policy: policy, isolations: [.process: await backend.probe()]),
            hosts: pool, observers: [], logger: .silent)
    }

    /// Drains afterwards and checks that no process and no cgroup is left.
    static func with(
        _ folders: [String] = [Checkout.root + "/Manifests/classic"], maxSessions: Int = 8,
        _ body: @Reactor (SessionService) async throws -> Void
    ) async throws {
        let real = try await RealService(folders, maxSessions: maxSessions)
        var thrown: (any Error)?
        do { try await body(real.service) } catch { thrown = error }
        await real.service.drain()
        for place in real.cgroups.root.places {
            #expect(SystemFile.folders(in: place.path).isEmpty, "cgroups are left")
            #expect(SystemFile.read(place.path + "/cgroup.procs") == "", "processes are left")
        }
        await real.cgroups.close()
        if let thrown { throw thrown }
    }
}

@Suite(
    .serialized, .enabled(if: Checkout.hasPython, "needs .venv (scripts/bootstrap)"),
    .enabled(if: Checkout.hasSandboxes, "needs root and memory and pids cgroups"), .timeLimit(.minutes(3)))
@Reactor
struct RealWorkerTests {
    private let cartPole = SessionRequest(environment: "CartPole-v1", seed: 7)

    private func play(_ service: SessionService, _ id: UniqueID) async throws -> (rewards: Double, hash: String?) {
        var sum = 0.0
        for number in 0..<500 {
            let answer = try await service.step(id, action: bytes("\(number / 2 % 2)"), index: nil, caller: .local)
            if case .single(let reward?) = answer.reply.reward { sum += reward }
            if answer.reply.isOver { break }
        }
        return (sum, try service.summary(id, caller: .local).trajectoryHash)
    }

    @Test func `the same seed and actions give the same trajectory in another session`() async throws {
        try await RealService.with { service in
            let created = try await service.create(cartPole, count: 2, caller: .local)
            let one = try await play(service, created[0].summary.id),
                other = try await play(service, created[1].summary.id)
            #expect(one.hash == other.hash && one.rewards == other.rewards && one.rewards > 5)
            let id = created[0].summary.id
            let over = await failure { try await service.step(id, action: bytes("0"), index: nil, caller: .local) }
            #expect(over?.code == .episodeOver)
            #expect(
                await failure { try await service.step(id, action: bytes("2"), index: nil, caller: .local) }?.code
                    == .episodeOver)
            _ = try await service.reset(id, seed: nil, options: [:], index: nil, caller: .local)
            #expect(
                await failure { try await service.step(id, action: bytes("2"), index: nil, caller: .local) }?.code
                    == .invalidAction)
            #expect(try await service.usage(id, caller: .local).peakMemory > 0)
        }
    }

    @Test func `creations and closings race without passing the capacity or leaving anything`() async throws {
        try await RealService.with(maxSessions: 4) { service in
            _ = try await service.create(cartPole, caller: .local)
            let tasks = (0..<24).map { number in
                Task { () async -> Bool in
                    do {
                        let id = try await service.create(cartPole, caller: .local)[0].summary.id
                        #expect(service.liveSessions <= 4)
                        if number % 2 == 0 {
                            _ = try await service.step(id, action: bytes("1"), index: 1, caller: .local)
                        }
                        async let one = service.close(id, caller: .local)
                        async let other = service.close(id, caller: .local)
                        _ = try await (one, other)
                        return true
                    } catch {
                        #expect((error as? Failure)?.code == .resourceExhausted, "\(error)")
                        return false
                    }
                }
            }
            var made = 0
            for task in tasks where await task.value { made += 1 }
            #expect(made >= 3)
            #expect(service.liveSessions == 1)
        }
    }

    @Test func `a session that is closed while it starts, and a drain while others do, leave nothing`() async throws {
        try await RealService.with { service in
            let creations = (0..<3).map { _ in
                Task { await failure { try await service.create(cartPole, caller: .local) } }
            }
            var ids: [UniqueID] = []
            while ids.count < 3 {
                await Task.yield()
                ids = try service.list(SessionFilter(), cursor: nil, limit: 10, caller: .local).sessions.map(\.id)
            }
            async let closed = service.close(ids[0], caller: .local)
            await service.drain()
            #expect(try await closed.phase.isOver)
            for creation in creations { #expect(await creation.value != nil) }
            #expect(service.liveSessions == 0)
        }
    }

    private let workerV1 = """
        import json, os, sys
        print("Loading the level")
        for line in sys.stdin:
            message = json.loads(line)
            if message["cmd"] == "init":
                print("noise before " + json.dumps({"status": "ok", "observation": message["env_id"], "size": message.get("size")}))
            elif message["action"] == "exit":
                sys.stdout.write('{"status":"ok","obse')
                sys.stdout.flush()
                os._exit(3)
            elif message["action"] == "twice":
                print(2 * (json.dumps({"status": "ok", "observation": "x", "reward": 0, "done": False}) + "\\n"), end="")
            elif message["action"] == "fail":
                print(json.dumps({"status": "error", "message": "no such thing"}))
            else:
                print(json.dumps({"status": "ok", "observation": "did " + message["action"], "score": 5, "done": message["action"] == "end"}))
            sys.stdout.flush()
        """

    @Test func `a worker of version 1 runs unmodified`() async throws {
        let folder = try TemporaryDirectory()
        chmod(folder.path, 0o755)
        try folder.write("worker.py", workerV1)
        try folder.write(
            "environment.yaml",
            """
            manifest: 1
            name: test/Old
            version: 1.0.0
            launch: {process: {command: [python3, worker.py], protocol: 1}}
            parameters: {type: object, properties: {size: {type: integer}}}
            instances: {list: [level-1, level-2]}
            """)
        try await RealService.with([folder.path]) { service in
            let request = SessionRequest(environment: "test/Old", instance: "level-2", parameters: ["size": 3])
            func start() async throws -> UniqueID {
                let created = try await service.create(request, caller: .local)[0]
                #expect(text(created.reset?.reply.observation ?? []) == #""level-2""#)
                #expect(text(created.reset?.reply.info ?? []) == #"{"size":3}"#)
                return created.summary.id
            }
            func step(_ id: UniqueID, _ action: String) async throws(Failure) -> CallAnswer {
                try await service.step(id, action: bytes("\"\(action)\""), index: nil, caller: .local)
            }
            let id = try await start()
            let look = try await step(id, "look")
            #expect(text(look.reply.observation) == #""did look""#)
            if case .single(let reward) = look.reply.reward { #expect(reward == 5) }
            #expect(await failure { try await step(id, "fail") }?.code == .environmentError)
            #expect(try await step(id, "end").reply.isOver)
            #expect(try service.logs(id, last: 5, caller: .local).contains("Loading the level"))
            let mute = try await start()
            #expect(await failure { try await step(mute, "exit") }?.details["reason"] == "worker_exited")
            let chatty = try await start()
            // Whether the first of the replies is still an answer depends on when the second is read.
            _ = try? await step(chatty, "twice")
            #expect(await failure { try await step(chatty, "look") }?.details["reason"] == "reply_malformed")
        }
    }
}
