import Foundations
import HTTP
import JSON
import Testing

@testable import REST

struct RequestBodyTests {
    private let allowed = ["seed", "options", "index", "labels", "reset"]

    private func body(_ text: String) throws(Failure) -> RequestBody {
        try RequestBody(Array(text.utf8), allowed: allowed)
    }

    private func failure(_ text: String, _ read: (RequestBody) throws(Failure) -> Void = { _ in }) -> Failure? {
        do throws(Failure) { try read(try body(text)) } catch { return error }
        return nil
    }

    private func reading(type: String?, _ text: String) -> Failure.Code? {
        let headers = HTTPHeaders(type.map { [("Content-Type", $0)] } ?? [])
        do throws(Failure) {
            _ = try RequestBody(
                HTTPRequest(method: "POST", path: "/", headers: headers, body: Array(text.utf8)), allowed: allowed)
        } catch { return error.code }
        return nil
    }

    @Test func `an unknown field is refused and the nearest suggested`() {
        let typo = failure(#"{"sead":1}"#)
        #expect(typo?.code == .invalidArgument)
        #expect(typo?.next == #"did you mean "seed"?"#)
        #expect(typo?.details == ["field": "sead"])
        #expect(failure(#"{"completely_else":1}"#)?.next == "known fields: seed, options, index, labels, reset")
        let long = failure(#"{"\#(String(repeating: "x", count: 10_000))":1}"#)
        #expect((long?.message.count ?? .max) < 200)
    }

    @Test(arguments: ["[1]", "1", "null", "\"text\"", "true", " [] "]) func `JSON that is no object is no body`(
        text: String
    ) {
        #expect(failure(text)?.code == .invalidArgument)
    }

    @Test(arguments: [
        "", "{", "{]", "{\"a\"}", "{\"seed\":1,}", "{\"seed\":1} x", "{'seed':1}", "{\"seed\":01}", "{\"seed\":NaN}",
        "{\"seed\":1,\"seed\":2}", "\u{feff}{}", "{\"seed\":\"\\ud800\"}", "[1,", "nul",
    ]) func `what is no JSON is malformed`(text: String) {
        #expect(failure(text)?.code == .malformedJSON)
    }

    @Test func `members have their types`() throws {
        let body = try body(#"{"seed":7,"options":{"a":1},"index":0,"labels":{"k":"v"},"reset":false}"#)
        #expect(try body.seed() == 7 && body.index() == 0)
        #expect(try body.object("options") == ["a": 1])
        #expect(try body.labels() == ["k": "v"])
        #expect(try body.bool("reset", default: true) == false)
    }

    @Test func `null and absent mean the default`() throws {
        for text in ["{}", #"{"seed":null,"options":null,"index":null,"labels":null,"reset":null}"#] {
            let body = try body(text)
            #expect(try body.seed() == nil && body.index() == nil && body.string("seed") == nil)
            #expect(try body.object("options").isEmpty && body.labels().isEmpty)
            #expect(try body.bool("reset", default: true))
        }
    }

    @Test func `a member of the wrong type is named`() {
        let rows: [(String, (RequestBody) throws(Failure) -> Void, String)] = [
            (#"{"seed":"7"}"#, { body throws(Failure) in _ = try body.seed() }, "seed"),
            (#"{"seed":-1}"#, { body throws(Failure) in _ = try body.seed() }, "seed"),
            (#"{"seed":1.5}"#, { body throws(Failure) in _ = try body.seed() }, "seed"),
            (#"{"seed":9223372036854775808}"#, { body throws(Failure) in _ = try body.seed() }, "seed"),
            (#"{"seed":true}"#, { body throws(Failure) in _ = try body.seed() }, "seed"),
            (#"{"index":-1}"#, { body throws(Failure) in _ = try body.index() }, "index"),
            (#"{"index":1e300}"#, { body throws(Failure) in _ = try body.index() }, "index"),
            (#"{"index":[]}"#, { body throws(Failure) in _ = try body.index() }, "index"),
            (#"{"options":[]}"#, { body throws(Failure) in _ = try body.object("options") }, "options"),
            (#"{"labels":{"a":1}}"#, { body throws(Failure) in _ = try body.labels() }, "labels/a"),
            (#"{"reset":"yes"}"#, { body throws(Failure) in _ = try body.bool("reset", default: true) }, "reset"),
            (#"{"reset":1}"#, { body throws(Failure) in _ = try body.bool("reset", default: true) }, "reset"),
            ("{}", { body throws(Failure) in _ = try body.raw("seed") }, "seed"),
        ]
        for (text, read, field) in rows {
            let failure = failure(text, read)
            #expect(failure?.code == .invalidArgument && failure?.details["field"] == field, "\(text)")
        }
    }

    @Test func `only JSON is taken for JSON`() {
        for type in [
            nil, "application/json", "Application/JSON; charset=utf-8", "application/problem+json",
            "application/x-www-form-urlencoded",
        ] {
            #expect(reading(type: type, "{}") == nil)
        }
        for type in [
            "text/plain", "application/vnd.corral.tensors", "multipart/form-data; boundary=x", "application/jsonx", ";",
        ] {
            #expect(reading(type: type, "{}") == .unsupportedMediaType)
        }
        #expect(reading(type: "text/plain", "") == nil)
    }
}

struct BatchStepTests {
    private let id = "0198e1b4-3c00-8001-8000-0001c0000001"

    private func read(_ text: String) throws(Failure) -> [Result<BatchStep, Failure>] {
        try BatchStep.read(ArraySlice(Array(text.utf8)))
    }

    @Test func `steps are read one by one and a wrong one does not hinder the others`() throws {
        let steps = try read(
            #"[{"session":"\#(id)","action":[1, 2],"index":3}, {"session":"x","action":1}, {"session":"\#(id)","action":null}]"#
        )
        #expect(steps.count == 3)
        let first = try steps[0].get()
        #expect(
            "\(first.session)" == id && first.index == 3 && String(decoding: first.action, as: UTF8.self) == "[1, 2]")
        #expect(throws: Failure.self) { try steps[1].get() }
        let last = try steps[2].get()
        #expect(last.index == nil && String(decoding: last.action, as: UTF8.self) == "null")
        #expect(try read("[]").isEmpty)
    }

    @Test(arguments: [
        "1", "null", "[]", "{}", #"{"session":5,"action":1}"#, #"{"session":"","action":1}"#, #"{"action":1}"#,
        #"{"session":"ID"}"#, #"{"session":"ID","action":1,"index":-1}"#, #"{"session":"ID","action":1,"index":"0"}"#,
        #"{"session":"ID","action":1,"extra":0}"#,
    ]) func `a step of another form is its own error`(text: String) throws {
        let steps = try read("[\(text.replacing("ID", with: id))]")
        let failure = #expect(throws: Failure.self) { try steps[0].get() }
        #expect(failure?.code == .invalidArgument)
    }

    @Test func `what is no array is refused`() {
        for (text, code) in [
            ("5", "invalid_argument"), ("{}", "invalid_argument"), ("null", "invalid_argument"),
            ("[1,", "malformed_json"),
        ] {
            #expect(#expect(throws: Failure.self) { try read(text) }?.code.rawValue == code, "\(text)")
        }
    }

    @Test func `more steps than one request may have are refused`() {
        let text = "[" + Array(repeating: "1", count: BatchStep.limit + 1).joined(separator: ",") + "]"
        #expect(#expect(throws: Failure.self) { try read(text) }?.code == .invalidArgument)
    }
}
