import Foundations
import JSON
import Logging
import Reactor
import Sandboxes
import ScriptedSessions
import Spaces
import Testing
import Workers

@testable import Sessions

private let okV1 = #"{"status":"ok","observation":"o","reward":1,"done":false}"#
private let hello =
    #"{"id":ID,"status":"ok","protocol":2,"worker":{"name":"w","version":"1"},"capabilities":["seed","render","interrupt"],"instances":["boil","melt"]}"#
private let initialized =
    #"{"id":ID,"status":"ok","observation_space":{"type":"Discrete","n":3},"action_space":{"type":"Discrete","n":2},"render_modes":[]}"#
private let observed = #"{"id":ID,"status":"ok","observation":1,"info":{}}"#
private let stepped =
    #"{"id":ID,"status":"ok","observation":2,"reward":1,"terminated":false,"truncated":false,"info":{}}"#

@Reactor
struct GreetingExchangeTests {
    private func greet(_ dialect: WorkerConnection.Dialect, _ answers: String...) async throws -> (
        Result<String?, Failure>, PlayedWorker
    ) {
        let worker = try PlayedWorker(dialect, answers)
        do throws(Failure) {
            return (.success(try await worker.connection.greet(timeout: .seconds(30))?.name), worker)
        } catch { return (.failure(error), worker) }
    }

    @Test func `a worker of version 2 introduces itself`() async throws {
        let (greeting, worker) = try await greet(.v2, hello)
        #expect(try greeting.get() == "w")
        #expect(worker.lines == [#"{"cmd":"hello","id":1,"protocol":2,"buffers":true}"#])
    }

    @Test func `a worker of version 1 is never asked`() async throws {
        let (greeting, worker) = try await greet(.v1)
        #expect(try greeting.get() == nil && worker.lines.isEmpty)
    }

    @Test func `whoever does not know hello speaks version 1`() async throws {
        let (greeting, worker) = try await greet(
            .undecided, "Loading JVM\n" + #"{"status":"error","message":"Unknown command: hello"}"#)
        #expect(try greeting.get() == nil)
        #expect(worker.connection.dialect == .v1)
    }

    @Test func `whoever answers with its id speaks version 2`() async throws {
        let (greeting, worker) = try await greet(
            .undecided, #"{"id":ID,"event":"progress","value":0.1}"# + "\n" + hello)
        #expect(try greeting.get() == "w")
        #expect(worker.connection.dialect == .v2)
    }

    @Test(arguments: [
        okV1, #"{"banner":true}"#, #"{"id":7,"status":"ok","protocol":2}"#,
        #"{"id":ID,"status":"error","code":"bad_request"}"#,
        #"{"id":ID,"status":"ok","protocol":3}"#, "{broken", "exit",
    ]) func `any other beginning is refused`(answer: String) async throws {
        for dialect in [WorkerConnection.Dialect.undecided, .v2] {
            let (greeting, _) = try await greet(dialect, answer)
            guard case .failure(let failure) = greeting else {
                Issue.record("accepted")
                return
            }
            #expect(failure.code == .sessionFailed)
        }
    }
}

@Reactor
struct WorkerHostTests {
    private func open(
        _ worker: PlayedWorker, instance: String? = nil, parameters: JSONObject = [:], start: Duration = .seconds(30),
        limit: Duration = .seconds(30), grace: Duration = .seconds(30)
    ) async throws(Failure) -> WorkerHost {
        let greeting = try await worker.connection.greet(timeout: .seconds(30))
        let plan = LaunchPlan.scripted(instance: instance, parameters: parameters, start: start, limit: limit)
        return try await WorkerHost.open(
            plan, seat: worker.seat(greeting), known: SpaceCache(), interruptGrace: grace, onReleased: {})
    }

    private func problem(_ body: @Reactor () async throws -> some Any) async -> String {
        do { _ = try await body() } catch {
            switch error as? HostProblem {
            case .refused(let error)?: return error.code
            case .ended(let reason, _)?: return reason.rawValue
            case nil: return "\(error)"
            }
        }
        return "none"
    }

    @Test func `a worker of version 1 is initialised by each reset`() async throws {
        let worker = try PlayedWorker(.v1, [okV1, okV1, okV1])
        let host = try await open(worker, instance: "boil", parameters: ["variation_idx": 2])
        _ = try await host.reset(seed: nil, options: [:])
        let step = try await host.step(action: bytes(#""look""#))
        _ = try await host.reset(seed: nil, options: [:])
        let begin = #"{"cmd":"init","env_id":"boil","variation_idx":2}"#
        #expect(worker.lines == [begin, #"{"cmd":"step","action":"look"}"#, begin])
        #expect(text(step.observation) == #""o""#)
        #expect(host.spaces.action.typeName == "Text" && host.capabilities.isEmpty)
    }

    @Test func `version 1 has no seeds, options, frames and interrupts`() async throws {
        let worker = try PlayedWorker(.v1, [])
        let host = try await open(worker)
        #expect(await problem { try await host.reset(seed: nil, options: ["a": 1]) } == "unsupported")
        #expect(await problem { try await host.render(mode: nil) } == "unsupported")
        #expect(!host.capabilities.contains(.seed) && !host.capabilities.contains(.interrupt))
        #expect(worker.lines.isEmpty)
    }

    @Test(arguments: ["cmd", "env_id"]) func `a parameter cannot stand in for the command of version 1`(name: String)
        async throws
    {
        let worker = try PlayedWorker(.v1, [])
        let failure = await failure { try await open(worker, parameters: JSONObject([(name, JSONValue.string("x"))])) }
        #expect(failure?.code == .invalidArgument && worker.lines.isEmpty)
    }

    @Test func `a worker of version 2 gets every command with its fields`() async throws {
        let worker = try PlayedWorker(
            .v2, [hello, initialized, observed, stepped, #"{"id":ID,"status":"ok","mode":"ansi","frame":"text"}"#])
        let host = try await open(worker, instance: "boil", parameters: ["size": 3])
        #expect(host.spaces.observation.typeName == "Discrete")
        #expect(host.capabilities == [.seed, .render, .interrupt])
        _ = try await host.reset(seed: 7, options: ["a": 1])
        _ = try await host.step(action: bytes("1"))
        guard case .text("text") = try await host.render(mode: "ansi") else {
            Issue.record("no text")
            return
        }
        #expect(
            Array(worker.lines.dropFirst()) == [
                #"{"cmd":"init","id":2,"instance":"boil","params":{"size":3},"seed":null}"#,
                #"{"cmd":"reset","id":3,"seed":7,"options":{"a":1}}"#, #"{"cmd":"step","id":4,"action":1}"#,
                #"{"cmd":"render","id":5,"mode":"ansi"}"#,
            ])
        await host.close()
        #expect(worker.sandbox.kills == 1)
    }

    @Test(arguments: [
        #"{"id":ID,"status":"ok"}"#, #"{"id":ID,"status":"ok","observation_space":null,"action_space":null}"#,
        #"{"id":ID,"status":"ok","observation_space":{"type":"Disk"},"action_space":{"type":"Discrete","n":2}}"#,
        #"{"id":ID,"status":"ok","observation_space":5,"action_space":{"type":"Discrete","n":2}}"#,
        #"{"id":ID,"status":"ok","observation_space":{"type":"Discrete","n":0},"action_space":{"type":"Discrete","n":2}}"#,
        #"{"id":ID,"status":"ok","observation_space":{"type":"Graph"},"action_space":{"type":"Discrete","n":2}}"#,
        "exit", "{",
    ]) func `spaces that are none end the start`(answer: String) async throws {
        let worker = try PlayedWorker(.v2, [hello, answer])
        #expect(await failure { try await open(worker) }?.code == .sessionFailed)
    }

    @Test func `an init that is refused is the environment's error`() async throws {
        let worker = try PlayedWorker(
            .v2, [hello, #"{"id":ID,"status":"error","code":"environment_error","message":"no ROM"}"#])
        let failure = await failure { try await open(worker) }
        #expect(failure?.code == .environmentError && failure?.message.contains("no ROM") == true)
    }

    @Test func `a start that takes too long is deadline_exceeded`() async throws {
        let worker = try PlayedWorker(.v2, [hello, ""])
        let failure = await failure { try await open(worker, start: .milliseconds(5)) }
        #expect(failure?.code == .deadlineExceeded && failure?.details["reason"] == "timeout")
    }

    @Test func `frames are text or pixels of three axes`() async throws {
        let frames: [(String, String)] = [
            (#""frame":[[[1,2,3]]]"#, "none"), (#""frame":[[1,2,3]]"#, "reply_malformed"),
            (#""frame":[[[1,2]]]"#, "reply_malformed"), (#""frame":[[[256,0,0]]]"#, "reply_malformed"),
            (#""frame":[[[1,2,3]],[]]"#, "reply_malformed"), (#""frame":null"#, "reply_malformed"),
            (#""mode":"ansi""#, "reply_malformed"), (#""frame":[]"#, "reply_malformed"),
            (#""frame":{}"#, "reply_malformed"),
            (#""frame":null,"buffers":[{"name":"/frame","dtype":"uint8","shape":[0,0,3]}]"#, "none"),
            (#""frame":null,"buffers":[{"name":"/frame","dtype":"int8","shape":[0,0,3]}]"#, "reply_malformed"),
        ]
        for (frame, expected) in frames {
            let worker = try PlayedWorker(.v2, [hello, initialized, #"{"id":ID,"status":"ok",\#(frame)}"#])
            let host = try await open(worker)
            #expect(await problem { try await host.render(mode: nil) } == expected, "\(frame)")
        }
    }

    @Test func `an end is explained by what the fence knows`() async throws {
        let ends: [((inout SandboxUsage) -> Void, String)] = [
            ({ _ in }, "worker_exited"), ({ $0.outOfMemoryKills = 1 }, "out_of_memory"),
            ({ $0.refusedProcesses = 1 }, "pids"),
        ]
        for (change, expected) in ends {
            let worker = try PlayedWorker(.v2, [hello, initialized, "exit"])
            let host = try await open(worker)
            change(&worker.sandbox.used)
            #expect(await problem { try await host.step(action: bytes("1")) } == expected)
        }
    }

    @Test func `whatever breaks the protocol has its reason`() async throws {
        let rows = [
            ("{broken", "reply_malformed"), (#"{"id":ID,"status":"ok"}"#, "reply_malformed"),
            (String(repeating: "x", count: 5000), "line_too_long"), ("", "timeout"),
            (#"{"id":99,"status":"ok"}"#, "reply_malformed"),
        ]
        for (answer, expected) in rows {
            let worker = try PlayedWorker(.v2, [hello, initialized, answer])
            let limit = expected == "timeout" ? Duration.milliseconds(5) : .seconds(30)
            let host = try await open(worker, limit: limit)
            #expect(await problem { try await host.step(action: bytes("1")) } == expected, "\(answer.prefix(40))")
        }
    }

    @Test func `an action that is too long for a worker is refused and the host lives`() async throws {
        let worker = try PlayedWorker(.v2, [hello, initialized, stepped])
        let host = try await open(worker)
        #expect(await problem { try await host.step(action: [UInt8](repeating: 0x31, count: 5000)) } == "bad_request")
        _ = try await host.step(action: bytes("1"))
    }

    @Test func `an end between two calls is reported once`() async throws {
        let worker = try PlayedWorker(.v2, [hello, initialized])
        let host = try await open(worker)
        worker.sandbox.used.outOfMemoryKills = 1
        let reason = await withCheckedContinuation { continuation in
            host.onEnd { reason, _ in continuation.resume(returning: reason) }
            worker.exit()
        }
        #expect(reason == .outOfMemory)
    }

    @Test func `an end before anybody listens is reported too`() async throws {
        let worker = try PlayedWorker(.v2, [hello, initialized, "exit"])
        let host = try await open(worker)
        _ = await problem { try await host.step(action: bytes("1")) }
        let reason = await withCheckedContinuation { continuation in
            host.onEnd { reason, _ in continuation.resume(returning: reason) }
        }
        #expect(reason == .workerExited)
    }

    @Test func `an interrupt that is not heeded ends the host after its grace time`() async throws {
        let worker = try PlayedWorker(.v2, [hello, initialized, ""])
        let host = try await open(worker, grace: .milliseconds(5))
        let step = Task { await problem { try await host.step(action: bytes("1")) } }
        let reason = await withCheckedContinuation { continuation in
            host.onEnd { reason, _ in continuation.resume(returning: reason) }
            Task {
                while worker.lines.count < 3 { await Task.yield() }
                host.interrupt()
            }
        }
        #expect(reason == .timeout)
        #expect(worker.connection.commandInFlight == 3)
        await host.close()
        #expect(await step.value == "worker_exited")
        #expect(worker.lines.last == #"{"cmd":"interrupt","id":3}"#)
    }

    @Test func `an instance that the worker does not know is not found`() async throws {
        let worker = try PlayedWorker(.v2, [hello, initialized])
        let greeting = try await worker.connection.greet(timeout: .seconds(30))
        let plan = LaunchPlan.scripted(instance: "boill", instances: .worker)
        let failure = await failure {
            try await WorkerHost.open(
                plan, seat: worker.seat(greeting), known: SpaceCache(), interruptGrace: .seconds(1), onReleased: {})
        }
        #expect(failure?.code == .notFound && failure?.next == #"did you mean "boil"?"#)
    }
}
