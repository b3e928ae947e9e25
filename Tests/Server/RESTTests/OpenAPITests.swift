import Foundations
import Glibc
import JSON
import Reactor
import ScriptedSessions
import Spaces
import TestSupport
import Testing

@testable import REST

/// The Python of the checkout, where it has the validator.
private let validator: String? = {
    var folder = #filePath
    while let end = folder.lastIndex(of: "/"), end != folder.startIndex {
        folder = String(folder[..<end])
        let python = folder + "/.venv/bin/python"
        guard access(python, X_OK) == 0 else { continue }
        let found = try? run([python, "-c", "import openapi_spec_validator"])
        return found?.status == 0 ? python : nil
    }
    return nil
}()

struct OpenAPITests {
    private let document = RESTAPI.openAPI(version: "1.2.3")

    private func references(_ value: JSONValue) -> [String] {
        switch value {
        case .array(let values): values.flatMap(references)
        case .object(let members):
            members.flatMap { key, value in key == "$ref" ? [value.string ?? ""] : references(value) }
        default: []
        }
    }

    @Test func `every route is there with its parameters and answers`() {
        for route in RESTAPI.routes {
            let path = route.path.replacing("…}", with: "}")
            let operation = document["paths"]?[path]?[route.method.lowercased()]
            #expect(operation?["operationId"]?.string == route.operation)
            let parameters = operation?["parameters"]?.array ?? []
            let wanted = path.split(separator: "{").dropFirst().map { String($0.prefix { $0 != "}" }) }
            #expect(parameters.filter { $0["in"] == "path" }.compactMap { $0["name"]?.string } == wanted)
            #expect(parameters.filter { $0["in"] == "query" }.count == route.query.count)
            for answer in route.answers { #expect(operation?["responses"]?["\(answer.status)"]?["content"] != nil) }
            for code in route.allCodes {
                let error = operation?["responses"]?["\(code.httpStatus)"]
                #expect(error?["description"]?.string?.contains(code.rawValue) == true, "\(route.operation) \(code)")
            }
            if case .object = route.body { #expect(operation?["requestBody"] != nil) }
        }
        let count = document["paths"]?.object?.reduce(0) { $0 + ($1.value.object?.count ?? 0) }
        #expect(count == RESTAPI.routes.count)
    }

    @Test func `every reference resolves and every schema is used`() {
        let schemas = Set(document["components"]?["schemas"]?.object?.keys ?? [])
        let used = Set(references(document))
        let beginning = "#/components/schemas/"
        #expect(used.allSatisfy { $0.hasPrefix(beginning) && schemas.contains(String($0.dropFirst(beginning.count))) })
        #expect(schemas.filter { !used.contains(beginning + $0) }.isEmpty)
    }

    @Test func `every code of an error is in the schema of errors`() {
        let codes = document["components"]?["schemas"]?["Error"]?["properties"]?["error"]?["properties"]?["code"]?[
            "enum"]
        #expect(codes?.array?.compactMap(\.string) == Failure.Code.allCases.map(\.rawValue))
    }

    @Test(.enabled(if: validator != nil, "needs .venv with openapi-spec-validator"))
    func `a validator of OpenAPI accepts it`() throws {
        let script = "import json, sys, openapi_spec_validator as v; v.validate(json.load(sys.stdin))"
        let result = try run([validator ?? "", "-c", script], input: document.encoded())
        #expect(result.status == 0, "\(result.errors.suffix(2000))")
    }
}

/// Answers as the document describes them.
@Reactor
struct AnswerTests {
    private let document = RESTAPI.openAPI(version: "1.2.3")

    /// What in a value its schema does not allow: members that are missing or unknown, and wrong types.
    private func complaints(_ value: JSONValue, _ schema: JSONValue, _ path: String = "") -> [String] {
        if let reference = schema["$ref"]?.string {
            let name = reference.split(separator: "/").last.map(String.init) ?? ""
            return complaints(value, document["components"]?["schemas"]?[name] ?? .null, path)
        }
        if let choices = schema["anyOf"]?.array {
            return choices.contains { complaints(value, $0, path).isEmpty } ? [] : ["\(path): none of the choices"]
        }
        if let values = schema["enum"]?.array { return values.contains(value) ? [] : ["\(path): \(value)"] }
        if let only = schema["const"] { return only == value ? [] : ["\(path): \(value)"] }
        let types = schema["type"]?.array?.compactMap(\.string) ?? schema["type"]?.string.map { [$0] } ?? []
        if !types.isEmpty, !types.contains(where: { isOf($0, value) }) {
            return ["\(path) is \(value.kindDescription)"]
        }
        if let items = schema["items"], let values = value.array {
            return values.flatMap { complaints($0, items, path + "/*") }
        }
        guard let members = value.object, let properties = schema["properties"]?.object else { return [] }
        let required = schema["required"]?.array?.compactMap(\.string) ?? []
        let missing = required.filter { members[$0] == nil }.map { "\(path)/\($0) is missing" }
        return missing
            + members.flatMap { key, value in
                if let schema = properties[key] { return complaints(value, schema, path + "/" + key) }
                return schema["additionalProperties"] == false ? ["\(path)/\(key) is unknown"] : []
            }
    }

    private func isOf(_ type: String, _ value: JSONValue) -> Bool {
        switch (type, value) {
        case ("null", .null), ("string", .string), ("boolean", .bool), ("integer", .integer), ("number", .integer),
            ("number", .number), ("array", .array), ("object", .object):
            true
        default: false
        }
    }

    private func expect(_ answer: Answer, _ operation: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let route = RESTAPI.routes.first { $0.operation == operation }
        let success = route?.answers.first { $0.status == answer.status }
        #expect(success != nil, "\(operation): \(answer.status) \(answer.text)", sourceLocation: sourceLocation)
        guard let schema = success?.schema else { return }
        #expect(
            complaints(answer.json, RESTAPI.reference(schema)).isEmpty, "\(operation)", sourceLocation: sourceLocation)
    }

    @Test func `answers have the form that the document says`() async throws {
        let bench = try Bench()
        let created = await bench.call(
            "POST", "/v1/sessions", #"{"environment":"test/Scripted","seed":7,"labels":{"a":"b"},"instance":"i"}"#)
        expect(created, "createSession")
        #expect(created.json["index"] == 0 && created.json["episode"] == 0 && created.json["seed"] == 7)
        #expect(created.json["observation"] == [0.0, 0] && created.json["state"] == "running")
        #expect(created.json["address"] == "http://127.0.0.1:1" && created.json["environment"] == "test/Scripted@1.0.0")
        let id = created.json["id"]?.string ?? ""
        let batch = await bench.call(
            "POST", "/v1/sessions/batch", #"{"environment":"test/Scripted","count":2,"reset":false}"#)
        expect(batch, "createSessions")
        #expect(batch.json["sessions"]?[0]?["observation"] == nil && batch.json["sessions"]?[0]?["index"] == -1)
        expect(await bench.call("GET", "/v1/sessions?limit=2"), "listSessions")
        let read = await bench.call("GET", "/v1/sessions/\(id)")
        expect(read, "getSession")
        #expect(read.json["reason"] == .null && read.json["trajectory_hash"]?.string?.count == 64)
        let step = await bench.call("POST", "/v1/sessions/\(id)/step", #"{"action":1,"index":1}"#)
        expect(step, "step")
        #expect(
            step.text
                == #"{"index":1,"episode":0,"observation":[0.0,1],"reward":1.0,"terminated":false,"truncated":false,"info":{}}"#
        )
        #expect(await bench.call("POST", "/v1/sessions/\(id)/step", #"{"action":1,"index":1}"#).text == step.text)
        expect(await bench.call("POST", "/v1/sessions/\(id)/reset"), "reset")
        expect(
            await bench.call("POST", "/v1/sessions/\(id)/reset", #"{"seed":3,"options":{"a":1},"index":3}"#), "reset")
        expect(await bench.call("POST", "/v1/steps", #"{"steps":[{"session":"\#(id)","action":1},{}]}"#), "stepMany")
        expect(await bench.call("POST", "/v1/sessions/\(id)/interrupt"), "interrupt")
        expect(await bench.call("POST", "/v1/sessions/\(id)/keepalive"), "keepSessionAlive")
        let logs = await bench.call("GET", "/v1/sessions/\(id)/logs?lines=5")
        expect(logs, "sessionLogs")
        #expect(logs.json["lines"] == ["a line"])
        expect(await bench.call("GET", "/v1/sessions/\(id)/usage"), "sessionUsage")
        let closed = await bench.call("DELETE", "/v1/sessions/\(id)")
        expect(closed, "closeSession")
        #expect(closed.json["state"] == "closed")
        expect(await bench.call("DELETE", "/v1/sessions/\(id)"), "closeSession")
        let ended = await bench.call("GET", "/v1/sessions/\(id)")
        expect(ended, "getSession")
        #expect(ended.json["reason"] == "requested" && ended.json["action_space"]?["n"] == 2)
        expect(await bench.call("GET", "/v1/environments"), "listEnvironments")
        expect(await bench.call("GET", "/v1/environments/test%2FScripted%40%5E1.0"), "getEnvironment")
        #expect(await bench.call("GET", "/v1/environments/Scripted-v1").json["name"] == "test/Scripted")
        expect(await bench.call("GET", "/v1/capabilities"), "capabilities")
        let health = await bench.call("GET", "/v1/health")
        expect(health, "health")
        #expect(health.json == ["status": "ok", "version": "1.2.3", "sessions": 2, "max_sessions": 8])
        #expect(await bench.call("HEAD", "/v1/health").status == 200)
        #expect(await bench.call("GET", "/v1/openapi.json").json == document)
        let metrics = await bench.call("GET", "/metrics")
        #expect(metrics.text.contains(#"corral_http_requests_total{operation="step",status="200"} 2"#))
    }

    @Test func `a repeated creation answers with the index of its reset`() async throws {
        let bench = try Bench()
        func create() async -> Answer {
            await bench.call(
                "POST", "/v1/sessions", #"{"environment":"test/Scripted"}"#, headers: [("Idempotency-Key", "k")])
        }
        let first = await create()
        let id = first.json["id"]?.string ?? ""
        _ = await bench.call("POST", "/v1/sessions/\(id)/step", #"{"action":1}"#)
        let again = await create()
        expect(again, "createSession")
        #expect(again.json["id"] == first.json["id"] && again.json["index"] == 0)
        #expect(again.json["observation"] == first.json["observation"])
    }

    @Test func `tensors go both ways`() async throws {
        let bench = try Bench()
        let id = try await bench.session()
        let action = try Tensor(dtype: .int64, shape: [], bytes: [1, 0, 0, 0, 0, 0, 0, 0])
        let body = try TensorForm.encode(
            SplitJSON(text: Array(#"{"action":null,"index":1}"#.utf8), tensors: ["/action": action]))
        let answer = await bench.call(
            "POST", "/v1/sessions/\(id)/step", bytes: body,
            headers: [("Content-Type", TensorForm.mediaType), ("Accept", TensorForm.mediaType)])
        #expect(answer.status == 200 && answer.header("Content-Type") == TensorForm.mediaType)
        #expect(bench.host.calls.last == .step("1"))
        let decoded = try TensorForm.decode(answer.response.body)
        #expect(decoded.tensors["/observation"]?.shape == [2] && decoded.tensors["/observation"]?.dtype == .float32)
    }

    @Test func `frames come in the form that is wanted`() async throws {
        let bench = try Bench()
        let id = try await bench.session()
        func render(_ accept: String?) async -> Answer {
            await bench.call("GET", "/v1/sessions/\(id)/render", headers: accept.map { [("Accept", $0)] } ?? [])
        }
        bench.host.frame = .success(.text("█ text"))
        #expect(await render(nil).text == "█ text")
        #expect(bench.host.calls.last == .render(nil))
        #expect(await render("text/plain").header("Content-Type") == "text/plain; charset=utf-8")
        #expect(bench.host.calls.last == .render("ansi"))
        let pixels = try Tensor(dtype: .uint8, shape: [1, 2, 3], bytes: [255, 0, 0, 0, 255, 0])
        bench.host.frame = .success(.pixels(pixels))
        let png = await render("image/png")
        #expect(bench.host.calls.last == .render("rgb_array"))
        #expect(
            png.header("Content-Type") == "image/png" && Array(png.response.body.prefix(4)) == [0x89, 0x50, 0x4e, 0x47])
        #expect(await render("*/*").header("Content-Type") == "image/png")
        #expect(await render("text/html, image/*;q=0.5").header("Content-Type") == "image/png")
        #expect(await render("text/plain;q=0.9, */*;q=0.1").header("Content-Type") == "image/png")
        let raw = await render(TensorForm.mediaType)
        #expect(try TensorForm.decode(raw.response.body).tensors["/frame"] == pixels)
        #expect(await render("text/plain").code == "not_acceptable")
    }
}
