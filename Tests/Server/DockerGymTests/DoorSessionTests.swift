import AccessKeys
import Foundations
import JSON
import REST
import Reactor
import ScriptedSessions
import Sessions
import Testing
import Workers

@testable import DockerGym

@Reactor
struct DoorSessionTests {
    @Test func `one session has one id through both doors`() async throws {
        let bench = try Bench()
        let id = try await bench.session()
        let page = try bench.scripted.service.list(SessionFilter(), cursor: nil, limit: 10, caller: .local)
        #expect(page.sessions.map { "\($0.id)" } == [id])
        #expect(page.sessions.first?.instance == "a")
    }

    @Test func `a session that another door made is read with its first observation`() async throws {
        let bench = try Bench()
        let created = try await bench.scripted.create { $0.reset = true }
        let answer = await bench.call("GET", "/sessions/\(created.summary.id)")
        #expect(answer.json["observation"] == "start")
        #expect(answer.json["info"] == ["look": "around"])
    }

    @Test func `a first observation is kept however large`() async throws {
        let bench = try Bench()
        let large = String(repeating: "x", count: 100_000)
        bench.scripted.source.prepare = { host in
            host.answer = { _ throws(HostProblem) in .scripted("\"\(large)\"", reward: nil) }
        }
        let id = try await bench.session()
        _ = await bench.step(id)
        #expect(await bench.call("GET", "/sessions/\(id)").json["observation"] == .string(large))
    }

    @Test func `what is no text is shown as the text of its JSON, and actions are read as JSON`() async throws {
        let bench = try Bench()
        bench.scripted.source.spaces = try .scripted()
        bench.scripted.source.prepare = { _ in }
        let answer = await bench.call("POST", "/sessions", #"{"env_id":"a"}"#)
        #expect(answer.json["observation"] == "[0.0,0]")
        let id = answer.json["session_id"]?.string ?? ""
        let step = await bench.call("POST", "/sessions/\(id)/step", #"{"action":"1"}"#)
        #expect(step.json["observation"] == "[0.0,1]")
        #expect(bench.host.calls.last == .step("1"))
        let wrong = await bench.call("POST", "/sessions/\(id)/step", #"{"action":"north"}"#)
        #expect(wrong.status == 500 && wrong.code == "CONTAINER_ERROR")
    }

    @Test func `a truncated episode is done`() async throws {
        let bench = try Bench()
        let id = try await bench.session()
        bench.host.answer = { _ throws(HostProblem) in .scripted(#""x""#, truncated: true) }
        #expect(await bench.step(id).json["done"] == true)
        #expect(await bench.step(id).status == 409)
    }

    @Test func `a worker that gives no reward gives 0`() async throws {
        let bench = try Bench()
        let id = try await bench.session()
        bench.host.answer = { _ throws(HostProblem) in .scripted(#""x""#, reward: nil) }
        #expect(await bench.step(id).text.contains(#""reward":0.0"#))
    }

    @Test func `an environment of several agents is refused and its place given back`() async throws {
        let bench = try Bench()
        bench.scripted.source.agents = ["a", "b"]
        bench.scripted.source.prepare = { host in
            host.answer = { _ throws(HostProblem) in .scripted(#"{"a":"x","b":"y"}"#, reward: nil) }
        }
        let answer = await bench.call("POST", "/sessions")
        #expect(answer.status == 500)
        #expect(bench.scripted.service.liveSessions == 0)
    }

    @Test func `a client that is gone when its session is made leaves none, a thousand times`() async throws {
        let bench = try Bench(maxSessions: 2)
        for _ in 0..<1000 {
            let answer = await bench.call("POST", "/sessions", gone: { true })
            #expect(answer.status == 500)
        }
        #expect(bench.scripted.service.liveSessions == 0 && bench.scripted.source.live == 0)
        #expect(await bench.call("POST", "/sessions").status == 200)
    }

    @Test func `deleting everything while sessions start neither loses a place nor gives one twice, a thousand times`()
        async throws
    {
        let bench = try Bench(maxSessions: 2)
        for round in 0..<1000 {
            bench.scripted.source.prepare = { host in
                host.answer = { _ throws(HostProblem) in .scripted(#""x""#, reward: nil) }
            }
            let creating = Task { await bench.call("POST", "/sessions") }
            for _ in 0..<round % 7 { await Task.yield() }
            _ = await bench.call("DELETE", "/sessions")
            let answer = await creating.value
            #expect(answer.status == 200 || answer.status == 500)
            _ = await bench.call("DELETE", "/sessions")
        }
        #expect(bench.scripted.service.liveSessions == 0 && bench.scripted.source.live == 0)
        #expect(bench.scripted.source.most <= 2)
    }

    @Test func `of two deletions one finds the session`() async throws {
        let bench = try Bench()
        let id = try await bench.session()
        let deletions = (0..<2).map { _ in Task { await bench.call("DELETE", "/sessions/\(id)").status } }
        var statuses: [Int] = []
        for deletion in deletions { statuses.append(await deletion.value) }
        #expect(statuses.sorted() == [200, 404])
    }

    @Test func `steps that arrive together are taken one after the other, and refused after the end`() async throws {
        let bench = try Bench()
        let id = try await bench.session()
        var count = 0
        bench.host.answer = { _ throws(HostProblem) in
            count += 1
            return .scripted(#""x""#, terminated: count == 3)
        }
        let steps = (0..<8).map { _ in Task { await bench.step(id).status } }
        var statuses: [Int] = []
        for step in steps { statuses.append(await step.value) }
        #expect(statuses == [200, 200, 200, 409, 409, 409, 409, 409])
        #expect(count == 3)
    }

    @Test func `a step waits for a call of the other door`() async throws {
        let bench = try Bench()
        let id = try await bench.session()
        guard let session = UniqueID(id) else { throw Failure(.internal, "no id") }
        let gate = bench.host.gate
        gate.shut()
        let other = Task {
            try await bench.scripted.service.step(session, action: [34, 34], index: nil, caller: .local)
        }
        await gate.reached()
        let ours = Task { await bench.step(id).status }
        for _ in 0..<10 { await Task.yield() }
        gate.open()
        #expect(try await other.value.index == 1)
        #expect(await ours.value == 200)
    }

    @Test func `without a key nobody is let in, and the body keeps the door's form`() async throws {
        let access = Access(keys: try KeyRing(["k": .local]), isLoopback: true)
        let bench = try Bench(access: access)
        let answer = await bench.call("GET", "/health")
        #expect(answer.status == 401 && answer.code == "UNAUTHENTICATED")
        #expect(await bench.call("GET", "/health", headers: [("Authorization", "Bearer k")]).status == 200)
    }

    @Test func `pages of other machines are not let in`() async throws {
        let bench = try Bench()
        let answer = await bench.call("POST", "/sessions", headers: [("Origin", "http://evil.example")])
        #expect(answer.status == 403)
    }

    @Test func `whoever may not own a session does not delete it with all`() async throws {
        let bench = try Bench()
        let id = try await bench.session()
        let stranger = Caller(id: "s", tenant: "other", roles: [.runner])
        #expect(await bench.scripted.service.closeAll(caller: stranger).isEmpty)
        #expect(await bench.call("GET", "/sessions/\(id)").status == 200)
    }
}
