import Foundations
import JSON
import Reactor
import ScriptedSessions
import Testing
import Workers

@testable import Sessions

@Reactor
struct CreationTests {
    @Test func `a session is created, reset, stepped and closed`() async throws {
        let bench = try ScriptedService()
        let created = try await bench.create {
            $0.seed = 5
            $0.reset = true
            $0.labels = ["run": "1"]
        }
        #expect(created.summary.phase == .running && created.summary.index == 0)
        #expect(created.summary.labels == ["run": "1"])
        #expect(created.reset?.index == 0)
        let id = created.summary.id
        let step = try await bench.service.step(id, action: bytes("1"), index: 1, caller: .local)
        #expect(step.index == 1 && text(step.reply.observation) == "[0.0,1]")
        #expect(bench.source.hosts[0].calls == [.reset(seed: 5, options: [:]), .step("1")])
        #expect(try await bench.service.close(id, caller: .local).phase == .closed(.requested))
        #expect(bench.source.live == 0 && bench.service.liveSessions == 0)
        #expect(bench.opened.count == 1 && bench.ended.count == 1)
    }

    @Test func `the creation's seed serves the first reset and later ones go on`() async throws {
        let bench = try ScriptedService()
        let id = try await bench.create { $0.seed = 5 }.summary.id
        for _ in 0..<2 { _ = try await bench.service.reset(id, seed: nil, options: [:], index: nil, caller: .local) }
        _ = try await bench.service.reset(id, seed: 9, options: [:], index: nil, caller: .local)
        #expect(
            bench.source.hosts[0].calls == [
                .reset(seed: 5, options: [:]), .reset(seed: nil, options: [:]), .reset(seed: 9, options: [:]),
            ])
    }

    @Test func `a session without a seed draws one for its first reset`() async throws {
        let bench = try ScriptedService()
        let created = try await bench.create { $0.reset = true }
        guard case .reset(let seed?) = created.reset?.kind else {
            Issue.record("no seed")
            return
        }
        #expect(bench.source.hosts[0].calls == [.reset(seed: seed, options: [:])])
    }

    @Test func `an environment that takes no seed is given none`() async throws {
        let bench = try ScriptedService()
        bench.source.prepare = { $0.capabilities = [] }
        #expect(await failure { try await bench.create { $0.seed = 5 } }?.code == .failedPrecondition)
        let created = try await bench.create { $0.reset = true }
        #expect(bench.source.hosts[1].calls == [.reset(seed: nil, options: [:])])
        let refused = await failure {
            try await bench.service.reset(created.summary.id, seed: 1, options: [:], index: 1, caller: .local)
        }
        #expect(refused?.code == .failedPrecondition)
        #expect(try bench.service.summary(created.summary.id, caller: .local).index == 0)
        #expect(bench.source.live == 1)
    }

    @Test func `whoever may not create is refused before anything is started`() async throws {
        let bench = try ScriptedService()
        for grants in [RoleGrants(everywhere: [.viewer, .publisher, .reviewer]), RoleGrants(["other": [.runner]])] {
            let caller = Caller(id: "a", tenant: "local", grants: grants)
            #expect(await failure { try await bench.create(caller: caller) }?.code == .permissionDenied)
        }
        #expect(await failure { try await bench.create { $0.environment = "test/Secret" } }?.code == .permissionDenied)
        #expect(await failure { try await bench.create { $0.environment = "test/Other" } }?.code == .notFound)
        #expect(bench.source.opened == 0 && bench.service.liveSessions == 0)
    }

    @Test func `a session that does not start gives its place back and says why`() async throws {
        let bench = try ScriptedService(maxSessions: 1)
        bench.source.failures = [
            0: Failure(.sessionFailed, "no memory", details: ["reason": "out_of_memory"]),
            1: Failure(.unavailable, "no"),
        ]
        #expect(await failure { try await bench.create() }?.code == .sessionFailed)
        #expect(await failure { try await bench.create() }?.code == .unavailable)
        await bench.untilEnded(2)
        #expect(bench.ended.map(\.session.phase) == [.failed(.outOfMemory, "no memory"), .failed(.sandbox, "no")])
        #expect(bench.ended.allSatisfy { !$0.session.wasOpened })
        _ = try await bench.create()
        #expect(bench.service.liveSessions == 1)
    }

    @Test func `a first reset that fails ends the session and its host`() async throws {
        let bench = try ScriptedService()
        bench.source.prepare = { host in
            host.answer = { _ throws(HostProblem) in
                throw .refused(WorkerError(code: "environment_error", message: "no level"))
            }
        }
        let refused = await failure { try await bench.create { $0.reset = true } }
        #expect(refused?.code == .environmentError)
        #expect(bench.source.live == 0 && bench.service.liveSessions == 0)
        #expect(bench.ended.map(\.session.phase) == [.closed(.requested)])
    }

    @Test func `several sessions are made all or none`() async throws {
        let bench = try ScriptedService(maxSessions: 5)
        let request = SessionRequest(environment: "test/Scripted")
        #expect(try await bench.service.create(request, count: 5, caller: .local).count == 5)
        #expect(await failure { try await bench.service.create(request, caller: .local) }?.code == .resourceExhausted)
        await bench.service.drain()

        let other = try ScriptedService(maxSessions: 5)
        #expect(
            await failure { try await other.service.create(request, count: 6, caller: .local) }?.code
                == .resourceExhausted)
        #expect(other.source.opened == 0)
        other.source.failures = [2: Failure(.sandboxUnavailable, "no")]
        #expect(
            await failure { try await other.service.create(request, count: 5, caller: .local) }?.code
                == .sandboxUnavailable)
        #expect(other.source.live == 0 && other.service.liveSessions == 0)
        #expect(other.ended.count == 5)
        for count in [0, -1] {
            #expect(
                await failure { try await other.service.create(request, count: count, caller: .local) }?.code
                    == .invalidArgument)
        }
    }

    @Test func `racing creations and closings never pass the capacity`() async throws {
        let bench = try ScriptedService(maxSessions: 3)
        let tasks = (0..<60).map { number in
            Task { () async -> Bool in
                do {
                    let id = try await bench.create { $0.reset = number % 2 == 0 }.summary.id
                    #expect(bench.service.liveSessions <= 3)
                    await Task.yield()
                    async let one = bench.service.close(id, caller: .local)
                    async let other = bench.service.close(id, caller: .local)
                    _ = try await (one, other)
                    return true
                } catch {
                    #expect((error as? Failure)?.code == .resourceExhausted)
                    return false
                }
            }
        }
        var made = 0
        for task in tasks where await task.value { made += 1 }
        #expect(made >= 3)
        #expect(bench.source.most <= 3)
        #expect(bench.service.liveSessions == 0 && bench.source.live == 0 && bench.ended.count == made)
    }
}

@Reactor
struct IdempotencyTests {
    @Test func `the same key and request get the same session`() async throws {
        let bench = try ScriptedService()
        let first = try await bench.create(key: "k") { $0.reset = true }
        _ = try await bench.service.step(first.summary.id, action: bytes("1"), index: nil, caller: .local)
        let again = try await bench.create(key: "k") { $0.reset = true }
        #expect(again.summary.id == first.summary.id)
        #expect(try again.reset?.json() == first.reset?.json())
        #expect(bench.source.opened == 1)
    }

    @Test func `requests that race with one key make one session`() async throws {
        let bench = try ScriptedService()
        bench.source.gate.shut()
        let racing = (0..<5).map { _ in Task { try await bench.create(key: "k").summary.id } }
        await bench.source.gate.reached(1)
        bench.source.gate.open()
        var ids = Set<UniqueID>()
        for task in racing { ids.insert(try await task.value) }
        #expect(ids.count == 1 && bench.source.opened == 1)
    }

    @Test func `after a failure whoever waited tries again`() async throws {
        let bench = try ScriptedService()
        bench.source.failures = [0: Failure(.unavailable, "no")]
        bench.source.gate.shut()
        let first = Task { try await bench.create(key: "k").summary.id }
        await bench.source.gate.reached(1)
        let second = Task { try await bench.create(key: "k").summary.id }
        await Task.yield()
        bench.source.gate.open()
        #expect(await failure { try await first.value }?.code == .unavailable)
        _ = try await second.value
        #expect(bench.source.opened == 2)
    }

    @Test func `a key belongs to one caller and one request`() async throws {
        let bench = try ScriptedService()
        let first = try await bench.create(key: "k")
        #expect(await failure { try await bench.create(key: "k") { $0.seed = 1 } }?.code == .conflict)
        #expect(await failure { try await bench.create(key: "k") { $0.labels = ["a": "b"] } }?.code == .conflict)
        let other = Caller(id: "local/k", tenant: "", roles: [.runner])
        #expect(try await bench.create(caller: other, key: "k").summary.id != first.summary.id)
    }

    @Test func `a repeated creation without reset has none, whatever was done since`() async throws {
        let bench = try ScriptedService()
        let id = try await bench.create(key: "k").summary.id
        _ = try await bench.service.reset(id, seed: nil, options: [:], index: nil, caller: .local)
        #expect(try await bench.create(key: "k").reset == nil)
    }

    @Test func `equal requests have equal fingerprints whatever the order`() {
        var one = SessionRequest(environment: "e", parameters: ["a": 1, "b": 2], labels: ["x": "1", "y": "2"])
        let other = SessionRequest(environment: "e", parameters: ["b": 2, "a": 1], labels: ["y": "2", "x": "1"])
        #expect(one.fingerprint(count: 1) == other.fingerprint(count: 1))
        #expect(one.fingerprint(count: 1) != other.fingerprint(count: 2))
        one.options = ["a": 1]
        #expect(one.fingerprint(count: 1) != other.fingerprint(count: 1))
    }
}

@Reactor
struct EndTests {
    @Test func `deleting twice and at once answers the same`() async throws {
        let bench = try ScriptedService()
        let id = try await bench.create().summary.id
        let host = bench.source.hosts[0]
        host.closing.shut()
        let closings = (0..<3).map { _ in Task { try await bench.service.close(id, caller: .local).phase } }
        await host.closing.reached(1)
        #expect(!host.isClosed && bench.ended.isEmpty)
        host.closing.open()
        for closing in closings { #expect(try await closing.value == .closed(.requested)) }
        #expect(try await bench.service.close(id, caller: .local).phase == .closed(.requested))
        #expect(bench.ended.count == 1 && bench.service.liveSessions == 0)
    }

    @Test func `closing a session that is starting waits until its host is gone`() async throws {
        let bench = try ScriptedService()
        bench.source.gate.shut()
        let creation = Task { await failure { try await bench.create() } }
        await bench.source.gate.reached(1)
        let page = try bench.service.list(SessionFilter(state: "starting"), cursor: nil, limit: 10, caller: .local)
        let id = try #require(page.sessions.first?.id)
        let closing = Task { try await bench.service.close(id, caller: .local) }
        while try bench.service.summary(id, caller: .local).phase == .starting { await Task.yield() }
        #expect(bench.ended.isEmpty)
        bench.source.gate.open()
        #expect(try await closing.value.phase == .closed(.requested))
        #expect(bench.source.live == 0)
        #expect(await creation.value?.code == .sessionClosed)
        #expect(bench.service.liveSessions == 0 && bench.ended.count == 1)
    }

    @Test func `closing while a step runs ends the step`() async throws {
        let bench = try ScriptedService()
        let id = try await bench.create { $0.reset = true }.summary.id
        let host = bench.source.hosts[0]
        host.gate.shut()
        let step = Task {
            await failure { try await bench.service.step(id, action: bytes("0"), index: 1, caller: .local) }
        }
        await host.gate.reached(1)
        let joined = Task {
            await failure { try await bench.service.step(id, action: bytes("0"), index: 1, caller: .local) }
        }
        await Task.yield()
        _ = try await bench.service.close(id, caller: .local)
        #expect(await step.value?.code == .sessionClosed)
        #expect(await joined.value?.code == .sessionClosed)
        #expect(try bench.service.summary(id, caller: .local).index == 0)
    }

    @Test func `a host that ends by itself fails its session, frees its place and answers its call`() async throws {
        let bench = try ScriptedService(maxSessions: 1)
        let id = try await bench.create { $0.reset = true }.summary.id
        let host = bench.source.hosts[0]
        host.gate.shut()
        let step = Task {
            await failure { try await bench.service.step(id, action: bytes("0"), index: nil, caller: .local) }
        }
        await host.gate.reached(1)
        host.die(.outOfMemory, "used up")
        #expect(bench.service.liveSessions == 0)
        _ = try await bench.create()
        host.gate.open()
        #expect(await step.value?.code == .sessionFailed)
        await bench.untilEnded()
        let summary = try bench.service.summary(id, caller: .local)
        #expect(summary.phase == .failed(.outOfMemory, "used up"))
        #expect(summary.spaces != nil && summary.isolation == "scripted")
        #expect(try bench.service.logs(id, last: 5, caller: .local) == ["a line"])
        #expect(try await bench.service.close(id, caller: .local).phase == .failed(.outOfMemory, "used up"))
    }

    @Test func `a step that takes too long is deadline_exceeded and later ones say that the session failed`()
        async throws
    {
        let bench = try ScriptedService()
        let id = try await bench.create { $0.reset = true }.summary.id
        bench.source.hosts[0].answer = { _ throws(HostProblem) in throw .ended(.timeout, "no answer in time") }
        func step() async -> Failure? {
            await failure { try await bench.service.step(id, action: bytes("0"), index: nil, caller: .local) }
        }
        #expect(await step()?.code == .deadlineExceeded)
        #expect(await step()?.details["reason"] == "timeout")
        #expect(await step()?.code == .sessionFailed)
    }

    @Test func `an observation outside of its space fails the session`() async throws {
        let bench = try ScriptedService()
        let id = try await bench.create { $0.reset = true }.summary.id
        for (reply, index) in [(StepReply.scripted("[0,-11]"), 1)] {
            bench.source.hosts[0].answer = { _ throws(HostProblem) in reply }
            let refused = await failure {
                try await bench.service.step(id, action: bytes("0"), index: index, caller: .local)
            }
            #expect(refused?.code == .sessionFailed && refused?.details["reason"] == "reply_malformed")
        }
        #expect(bench.records.count == 1)
    }

    @Test func `an idle session is closed`() async throws {
        let bench = try ScriptedService(idle: .milliseconds(2))
        _ = try await bench.create()
        await bench.untilEnded()
        #expect(bench.ended.map(\.session.phase) == [.closed(.idle)])
        #expect(bench.service.liveSessions == 0 && bench.source.live == 0)
    }

    @Test func `a session in a long step is not idle but has a lifetime`() async throws {
        let bench = try ScriptedService(idle: .milliseconds(50), lifetime: .milliseconds(500))
        bench.source.prepare = { $0.gate.shut() }
        #expect(await failure { try await bench.create { $0.reset = true } }?.code == .sessionClosed)
        #expect(bench.ended.map(\.session.phase) == [.closed(.lifetime)])
    }

    @Test func `draining ends what runs and what starts, and takes nothing new`() async throws {
        let bench = try ScriptedService(maxSessions: 10)
        _ = try await bench.create { $0.reset = true }
        bench.source.gate.shut()
        let starting = Task { await failure { try await bench.create() } }
        await bench.source.gate.reached(1)
        bench.planning.shut()
        let planned = Task { await failure { try await bench.create() } }
        await bench.planning.reached(1)
        await bench.service.drain()
        #expect(bench.source.isShutDown && bench.source.live == 0)
        #expect(bench.ended.allSatisfy { $0.session.phase == .closed(.drained) } && bench.ended.count == 2)
        #expect(await [.unavailable, .sessionClosed].contains(starting.value?.code))
        bench.planning.open()
        #expect(await planned.value?.code == .unavailable)
        #expect(await failure { try await bench.create() }?.code == .unavailable)
        #expect(bench.service.liveSessions == 0 && bench.source.opened == 2)
    }

    @Test func `ended sessions stay readable up to a number`() async throws {
        let bench = try ScriptedService(keptAfterEnd: 2)
        var ids: [UniqueID] = []
        for _ in 0..<3 {
            ids.append(try await bench.create().summary.id)
            _ = try await bench.service.close(ids[ids.count - 1], caller: .local)
        }
        #expect(await failure { try bench.service.summary(ids[0], caller: .local) }?.code == .notFound)
        #expect(try bench.service.summary(ids[1], caller: .local).phase == .closed(.requested))
    }
}
