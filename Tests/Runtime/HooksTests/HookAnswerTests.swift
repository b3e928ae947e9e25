import Foundations
import JSON
import Sessions
import Testing

@testable import Hooks

struct HookAnswerTests {
    private let asked = SessionRequest(environment: "e", instance: "i", parameters: ["a": 1])

    private func applied(_ answer: String) throws(HookProblem) -> SessionRequest {
        try HookAnswer(Array(answer.utf8)).applied(to: asked)
    }

    @Test func `what is left out stays`() throws {
        let request = try applied("{}")
        #expect(request.instance == "i" && request.parameters == ["a": 1] && !request.instanceIsHooks)
    }

    @Test func `an instance counts as the hook's own word`() throws {
        let request = try applied(#"{"instance":"other"}"#)
        #expect(request.instance == "other" && request.instanceIsHooks && request.parameters == ["a": 1])
    }

    @Test func `null takes the caller's instance away`() throws {
        let request = try applied(#"{"instance":null}"#)
        #expect(request.instance == nil && !request.instanceIsHooks)
    }

    @Test func `parameters are replaced as a whole`() throws {
        #expect(try applied(#"{"params":{"b":2}}"#).parameters == ["b": 2])
        #expect(try applied(#"{"params":{}}"#).parameters.isEmpty)
    }

    @Test func `a refusal counts more than anything else`() {
        let answer = #"{"refuse":"no","instance":"x","params":{}}"#
        let problem = #expect(throws: HookProblem.self) { try applied(answer) }
        #expect(problem == .refused("no"))
    }

    @Test func `a refusal that is null is none`() throws {
        #expect(try applied(#"{"refuse":null}"#).instance == "i")
    }

    @Test(arguments: [
        "", "null", "[]", "\"yes\"", "true", "{", #"{"refused":"no"}"#, #"{"env_id":"x"}"#, #"{"instance":1}"#,
        #"{"params":null}"#, #"{"params":[]}"#, #"{"refuse":""}"#, #"{"refuse":true}"#,
        #"{"instance":"a","instance":"b"}"#,
        "{} {}",
    ]) func `anything else is a failure`(answer: String) {
        let problem = #expect(throws: HookProblem.self) { try applied(answer) }
        guard case .failed? = problem else {
            Issue.record("not a failure: \(String(describing: problem))")
            return
        }
    }

    @Test func `the question has what the page of hooks says`() throws {
        var request = asked
        request.labels = ["b": "2", "a": "1"]
        let question = try JSONValue(parsing: request.question(Caller(id: "c", tenant: "t", roles: [.runner])))
        #expect(
            question == [
                "environment": "e", "instance": "i", "params": ["a": 1], "labels": ["a": "1", "b": "2"],
                "caller": ["id": "c", "tenant": "t"],
            ])
        request.instance = nil
        #expect(try JSONValue(parsing: request.question(.local))["instance"] == .null)
    }

    @Test(arguments: ["", "   ", "'open", "unix:", "http://", "https://a b"])
    func `an address that is none is refused`(address: String) {
        #expect(throws: Failure.self) { _ = try makeTransport(address, environment: [:]) }
    }
}
