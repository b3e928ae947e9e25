import Foundations
import JSON
import Reactor
import ScriptedSessions
import Sessions
import Testing
import Workers

@testable import REST

@Reactor
struct StepOrderTests {
    private func steps(_ bench: Bench, _ steps: [(session: String, index: Int?)]) async -> [JSONValue] {
        let texts = steps.map { step in
            #"{"session":"\#(step.session)","action":1\#(step.index.map { ",\"index\":\($0)" } ?? "")}"#
        }
        let answer = await bench.call("POST", "/v1/steps", #"{"steps":[\#(texts.joined(separator: ","))]}"#)
        return answer.json["results"]?.array ?? []
    }

    @Test func `steps of one session are taken in the order of the list`() async throws {
        let bench = try Bench()
        let one = try await bench.session(), other = try await bench.session()
        let results = await steps(
            bench, [(one, 1), (other, nil), (one, 2), (one, nil), (other, 2), (one, 4)])
        #expect(results.map { $0["index"]?.integer } == [1, 1, 2, 3, 2, 4])
        #expect(results.map { $0["observation"]?.array?[1].integer } == [1, 1, 2, 3, 2, 4])
    }

    @Test func `the next step of a session waits for the one before, and other sessions do not`() async throws {
        let bench = try Bench()
        let one = try await bench.session(), slow = bench.host
        let other = try await bench.session(), quick = bench.host
        slow.gate.shut()
        let all = Task { await steps(bench, [(one, nil), (one, nil), (other, nil), (other, nil)]) }
        await slow.gate.reached()
        while quick.calls.count < 3 { await Task.yield() }
        #expect(slow.calls.count == 2)
        slow.gate.open()
        #expect(await all.value.map { $0["index"]?.integer } == [1, 2, 1, 2])
    }

    @Test func `steps behind the end of an episode are refused`() async throws {
        let bench = try Bench()
        let id = try await bench.session()
        bench.host.answer = { _ in .scripted("[0.0,1.0]", terminated: true) }
        let results = await steps(bench, [(id, 1), (id, 2), (id, nil), (id, 1)])
        let codes = results.map { $0["error"]?["code"]?.string }
        #expect(codes == [nil, "episode_over", "episode_over", nil])
        #expect(results[0] == results[3])
    }

    @Test func `an index behind a refused step is a conflict`() async throws {
        let bench = try Bench()
        let id = try await bench.session()
        bench.host.answer = { _ throws(HostProblem) in
            throw .refused(WorkerError(code: "invalid_action", message: "no"))
        }
        let codes = await steps(bench, [(id, 1), (id, 2)]).map { $0["error"]?["code"]?.string }
        #expect(codes == ["invalid_action", "conflict"])
    }
}
