import AccessKeys
import Foundations
import JSON
import Reactor
import ScriptedSessions
import Sessions
import Spaces
import Testing
import Workers

@testable import REST

private let missing = "0198e1b4-3c00-8001-8000-0001c0000001"

@Reactor
struct RouteErrorTests {
    /// Checks code and status of an answer, its form, and that its operation documents the code.
    private func expect(
        _ answer: Answer, _ code: Failure.Code, _ operation: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(answer.code == code.rawValue, "\(operation): \(answer.text)", sourceLocation: sourceLocation)
        #expect(answer.status == code.httpStatus, "\(operation)", sourceLocation: sourceLocation)
        #expect(
            answer.header("X-Request-Id") == answer.json["error"]?["request_id"]?.string, sourceLocation: sourceLocation
        )
        #expect(
            answer.json["error"]?["next"]?.string?.isEmpty == false, "\(code) has no next",
            sourceLocation: sourceLocation)
        let route = RESTAPI.routes.first { $0.operation == operation }
        #expect(
            route?.allCodes.contains(code) == true, "\(operation) does not document \(code)",
            sourceLocation: sourceLocation)
    }

    @Test func `creating`() async throws {
        let bench = try Bench(maxSessions: 1)
        func create(_ body: String, _ headers: [(String, String)] = []) async -> Answer {
            await bench.call("POST", "/v1/sessions", body, headers: headers)
        }
        let good = #"{"environment":"test/Scripted"}"#
        expect(await create("{"), .malformedJSON, "createSession")
        expect(await create("[]"), .invalidArgument, "createSession")
        expect(await create(""), .invalidArgument, "createSession")
        expect(await create("{}"), .invalidArgument, "createSession")
        expect(await create(#"{"environment":5}"#), .invalidArgument, "createSession")
        expect(await create(#"{"environment":"test/Scripted","sed":1}"#), .invalidArgument, "createSession")
        expect(await create(#"{"environment":"test/Scripted","seed":"x"}"#), .invalidArgument, "createSession")
        expect(await create(#"{"environment":"test/Scripted","params":[]}"#), .invalidArgument, "createSession")
        expect(await create(#"{"environment":"test/Scripted","labels":{"a":1}}"#), .invalidArgument, "createSession")
        expect(await create(#"{"environment":"test/Scripted","count":1}"#), .invalidArgument, "createSession")
        expect(await create(good, [("Content-Type", "text/csv")]), .unsupportedMediaType, "createSession")
        expect(
            await create(good, [("Idempotency-Key", String(repeating: "k", count: 257))]), .invalidArgument,
            "createSession")
        expect(await create(#"{"environment":"test/Other"}"#), .notFound, "createSession")
        expect(await create(#"{"environment":"test/Secret"}"#), .permissionDenied, "createSession")
        bench.scripted.source.prepare = { $0.capabilities = [] }
        expect(await create(#"{"environment":"test/Scripted","seed":1}"#), .failedPrecondition, "createSession")
        bench.scripted.source.prepare = { host in
            host.answer = { _ throws(HostProblem) in
                throw .refused(WorkerError(code: "environment_error", message: "no"))
            }
        }
        expect(await create(good), .environmentError, "createSession")
        bench.scripted.source.prepare = { host in
            host.answer = { _ throws(HostProblem) in throw .ended(.timeout, "too slow") }
        }
        expect(await create(good), .deadlineExceeded, "createSession")
        bench.scripted.source.prepare = { _ in }
        let opened = bench.scripted.source.opened
        bench.scripted.source.failures = [
            opened: Failure(.sandboxUnavailable, "no"), opened + 1: Failure(.sessionFailed, "no", next: "look"),
        ]
        let busy = await create(good)
        expect(busy, .sandboxUnavailable, "createSession")
        #expect(busy.header("Retry-After") == "1")
        expect(await create(good), .sessionFailed, "createSession")
        #expect(await create(good, [("Idempotency-Key", "k")]).status == 201)
        expect(
            await create(#"{"environment":"test/Scripted","seed":1}"#, [("Idempotency-Key", "k")]), .conflict,
            "createSession")
        let full = await create(good)
        expect(full, .resourceExhausted, "createSession")
        #expect(full.header("Retry-After") == "1")
        await bench.scripted.service.drain()
        expect(await create(good), .unavailable, "createSession")
    }

    @Test func `creating several`() async throws {
        let bench = try Bench(maxSessions: 3)
        func create(_ count: String) async -> Answer {
            await bench.call("POST", "/v1/sessions/batch", #"{"environment":"test/Scripted","count":\#(count)}"#)
        }
        for count in ["null", "0", "-1", "10001", "1.5", "\"2\"", "1e400"] where count != "1e400" {
            expect(await create(count), .invalidArgument, "createSessions")
        }
        expect(await create("1e400"), .malformedJSON, "createSessions")
        expect(await create("4"), .resourceExhausted, "createSessions")
        #expect(bench.scripted.source.opened == 0)
        #expect(await create("3").json["sessions"]?.array?.count == 3)
    }

    @Test func `reading and ending what is not there`() async throws {
        let bench = try Bench()
        let calls = [
            ("GET", "", "getSession"), ("DELETE", "", "closeSession"), ("POST", "/fork", "forkSession"),
            ("POST", "/keepalive", "keepSessionAlive"), ("POST", "/reset", "reset"), ("POST", "/step", "step"),
            ("POST", "/interrupt", "interrupt"), ("GET", "/render", "render"), ("GET", "/logs", "sessionLogs"),
            ("GET", "/usage", "sessionUsage"),
        ]
        for (method, path, operation) in calls {
            let body = operation == "step" ? #"{"action":1}"# : nil
            for id in [missing, "x", "%00", String(repeating: "a", count: 5000)] {
                expect(await bench.call(method, "/v1/sessions/\(id)\(path)", body), .notFound, operation)
            }
        }
        expect(await bench.call("GET", "/v1/environments/test/Other"), .notFound, "getEnvironment")
        expect(await bench.call("GET", "/v1/environments/a%20b"), .invalidArgument, "getEnvironment")
        let settings = "/v1/environments/test/Scripted/rl-config"
        expect(await bench.call("GET", "/v1/environments/test/Other/rl-config"), .notFound, "rlConfig")
        expect(await bench.call("GET", settings + "?library=x&backend=torch"), .notFound, "rlConfig")
        expect(await bench.call("GET", settings + "?libary=sb3"), .invalidArgument, "rlConfig")
    }

    @Test func `steps and resets`() async throws {
        let bench = try Bench()
        let id = try await bench.session(reset: false)
        func step(_ body: String, _ headers: [(String, String)] = []) async -> Answer {
            await bench.call("POST", "/v1/sessions/\(id)/step", body, headers: headers)
        }
        func reset(_ body: String? = nil) async -> Answer { await bench.call("POST", "/v1/sessions/\(id)/reset", body) }
        let good = #"{"action":1}"#
        expect(await step(good), .notReset, "step")
        expect(await reset("{"), .malformedJSON, "reset")
        expect(await reset(#"{"seed":-1}"#), .invalidArgument, "reset")
        expect(await reset(#"{"options":1}"#), .invalidArgument, "reset")
        expect(await reset(#"{"index":1}"#), .conflict, "reset")
        expect(await reset(#"{"sede":1}"#), .invalidArgument, "reset")
        #expect(await reset().status == 200)
        expect(await step(""), .malformedJSON, "step")
        expect(await step("{}"), .invalidArgument, "step")
        expect(await step(#"{"action":1,"acton":2}"#), .invalidArgument, "step")
        expect(await step(#"{"action":1,"index":"1"}"#), .invalidArgument, "step")
        expect(await step(#"{"action":1,"index":7}"#), .conflict, "step")
        expect(await step(#"{"action":2}"#), .invalidAction, "step")
        expect(await step(#"{"action":"1"}"#), .invalidAction, "step")
        expect(await step(#"{"action":null}"#), .invalidAction, "step")
        expect(await step(good, [("Content-Type", "text/plain")]), .unsupportedMediaType, "step")
        expect(await step("xx", [("Content-Type", TensorForm.mediaType)]), .invalidArgument, "step")
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        expect(await step(#"{"action":\#(deep)}"#), .malformedJSON, "step")

        for (code, expected) in [
            ("environment_error", Failure.Code.environmentError), ("interrupted", .interrupted),
            ("bad_request", .invalidArgument),
            ("invalid_action", .invalidAction), ("unsupported", .unimplemented),
        ] {
            bench.host.answer = { _ throws(HostProblem) in throw .refused(WorkerError(code: code, message: "no")) }
            expect(await step(good), expected, "step")
        }
        bench.host.answer = { _ throws(HostProblem) in .scripted("[0,1]", terminated: true) }
        bench.host.gate.shut()
        let running = Task { await step(good) }
        await bench.host.gate.reached(1)
        expect(await step(good), .busy, "step")
        expect(await reset(), .busy, "reset")
        expect(await bench.call("GET", "/v1/sessions/\(id)/render"), .busy, "render")
        bench.host.gate.open()
        #expect(await running.value.status == 200)
        expect(await step(good), .episodeOver, "step")
        #expect(await reset().status == 200)
        bench.host.answer = { _ throws(HostProblem) in throw .ended(.timeout, "too slow") }
        expect(await step(good), .deadlineExceeded, "step")
        expect(await step(good), .sessionFailed, "step")
        expect(await reset(), .sessionFailed, "reset")
    }

    @Test func `what is over`() async throws {
        let bench = try Bench()
        for isFailed in [false, true] {
            let id = try await bench.session()
            if isFailed {
                bench.host.die(.workerExited)
                await bench.scripted.untilEnded(2)
            } else {
                _ = await bench.call("DELETE", "/v1/sessions/\(id)")
            }
            let code = isFailed ? Failure.Code.sessionFailed : .sessionClosed
            for (method, path, operation) in [
                ("POST", "/keepalive", "keepSessionAlive"), ("POST", "/reset", "reset"), ("POST", "/step", "step"),
                ("POST", "/interrupt", "interrupt"), ("GET", "/render", "render"),
            ] {
                let answer = await bench.call(
                    method, "/v1/sessions/\(id)\(path)", path == "/step" ? #"{"action":1}"# : nil)
                expect(answer, code, operation)
                #expect(answer.json["error"]?["details"]?["reason"] == (isFailed ? "worker_exited" : "requested"))
            }
            for path in ["", "/logs", "/usage"] {
                #expect(await bench.call("GET", "/v1/sessions/\(id)\(path)").status == 200)
            }
            let closed = await bench.call("DELETE", "/v1/sessions/\(id)")
            #expect(closed.status == 200 && closed.json["id"]?.string == id)
        }
    }

    @Test func `drawing, interrupting, logs, lists and forks`() async throws {
        let bench = try Bench()
        let id = try await bench.session()
        expect(
            await bench.call("GET", "/v1/sessions/\(id)/render", headers: [("Accept", "text/html")]), .notAcceptable,
            "render")
        expect(
            await bench.call("GET", "/v1/sessions/\(id)/render", headers: [("Accept", "image/png")]), .notAcceptable,
            "render")
        for (code, expected) in [
            ("unsupported", Failure.Code.unimplemented), ("not_reset", .notReset),
            ("environment_error", .environmentError),
        ] {
            bench.host.frame = .failure(WorkerError(code: code, message: "no"))
            expect(await bench.call("GET", "/v1/sessions/\(id)/render"), expected, "render")
        }
        bench.host.capabilities = []
        bench.host.gate.shut()
        let running = Task { await bench.call("POST", "/v1/sessions/\(id)/step", #"{"action":1}"#) }
        await bench.host.gate.reached(1)
        expect(await bench.call("POST", "/v1/sessions/\(id)/interrupt"), .unimplemented, "interrupt")
        bench.host.gate.open()
        _ = await running.value
        for query in ["lines=0", "lines=1001", "lines=x", "lines=", "line=1"] {
            expect(await bench.call("GET", "/v1/sessions/\(id)/logs?\(query)"), .invalidArgument, "sessionLogs")
        }
        for query in ["limit=0", "limit=1001", "limit=1.5", "cursor=x", "state=dead", "stat=ready", "%zz=1"] {
            expect(await bench.call("GET", "/v1/sessions?\(query)"), .invalidArgument, "listSessions")
        }
        let fork = "/v1/sessions/\(id)/fork"
        expect(await bench.call("POST", fork, #"{"seed": 3}"#), .failedPrecondition, "forkSession")
        expect(await bench.call("POST", fork, #"{"count": 0}"#), .invalidArgument, "forkSession")
        expect(await bench.call("POST", fork, #"{"cuont": 1}"#), .invalidArgument, "forkSession")
    }

    @Test func `steps of several sessions`() async throws {
        let bench = try Bench()
        func steps(_ body: String) async -> Answer { await bench.call("POST", "/v1/steps", body) }
        expect(await steps(""), .malformedJSON, "stepMany")
        expect(await steps("{}"), .invalidArgument, "stepMany")
        expect(await steps(#"{"steps":5}"#), .invalidArgument, "stepMany")
        expect(await steps(#"{"steps":[],"more":1}"#), .invalidArgument, "stepMany")
        let one = try await bench.session(), other = try await bench.session(reset: false)
        let answer = await steps(
            #"{"steps":[{"session":"\#(one)","action":1},{"session":"\#(other)","action":1},{"session":"\#(missing)","action":1},5,{"session":"\#(one)","action":0,"index":7}]}"#
        )
        #expect(answer.status == 200)
        let results = answer.json["results"]?.array ?? []
        #expect(
            results.map { $0["error"]?["code"]?.string } == [
                nil, "not_reset", "not_found", "invalid_argument", "conflict",
            ])
        #expect(results.first?["index"] == 1)
        #expect(results.last?["error"]?["request_id"]?.string == answer.header("X-Request-Id"))
    }

    @Test func `paths, methods and callers that are not known`() async throws {
        let me = Caller(id: "w", tenant: "t", roles: [.viewer])
        let bench = try Bench(access: Access(keys: try KeyRing(["k": me]), isLoopback: true))
        let nowhere = await bench.call("GET", "/v1/nowhere")
        #expect(nowhere.status == 404 && nowhere.code == "not_found")
        let method = await bench.call("PATCH", "/v1/sessions")
        #expect(method.status == 405 && method.header("Allow") == "POST, GET")
        for route in RESTAPI.routes {
            let path = route.path.replacing("{session}", with: missing).replacing("{reference…}", with: "x")
            let stranger = await bench.call(route.method, path)
            expect(stranger, .unauthenticated, route.operation)
            #expect(stranger.header("WWW-Authenticate") == "Bearer")
            let rebound = await bench.call(route.method, path, headers: [("Origin", "http://evil.com")])
            expect(rebound, .permissionDenied, route.operation)
        }
        let key = [("Authorization", "Bearer k")]
        let body = #"{"environment":"test/Scripted"}"#
        expect(await bench.call("POST", "/v1/sessions", body, headers: key), .permissionDenied, "createSession")
        let created = try await bench.scripted.create(caller: Caller(id: "o", tenant: "t", roles: [.runner]))
        for path in ["/step", "/reset", "/interrupt", "/keepalive"] {
            let answer = await bench.call(
                "POST", "/v1/sessions/\(created.summary.id)\(path)", path == "/step" ? #"{"action":1}"# : nil,
                headers: key)
            #expect(answer.code == "permission_denied")
        }
        expect(
            await bench.call("DELETE", "/v1/sessions/\(created.summary.id)", headers: key), .permissionDenied,
            "closeSession")
        #expect(await bench.call("GET", "/v1/sessions/\(created.summary.id)", headers: key).status == 200)
    }

    @Test func `a request keeps its own short id`() async throws {
        let bench = try Bench()
        #expect(
            await bench.call("GET", "/v1/health", headers: [("X-Request-Id", "mine-1")]).header("X-Request-Id")
                == "mine-1")
        for id in ["", "with space", "é", String(repeating: "x", count: 129)] {
            #expect(await bench.call("GET", "/v1/health", headers: [("X-Request-Id", id)]).header("X-Request-Id") != id)
        }
    }

    @Test func `what the HTTP server refuses has the same form`() throws {
        for (status, code) in [
            (400, "invalid_argument"), (408, "request_timeout"), (413, "payload_too_large"), (431, "invalid_argument"),
            (500, "internal"), (501, "unimplemented"), (503, "unavailable"),
        ] {
            let (type, body) = RESTAPI.errorBody(status, "reason")
            #expect(type == "application/json")
            #expect(try JSONValue(parsing: body)["error"]?["code"]?.string == code)
        }
    }
}
