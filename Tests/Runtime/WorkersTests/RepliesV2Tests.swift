import Spaces
import Testing

@testable import Workers

struct RepliesV2Tests {
    private let good =
        #"{"id":1,"status":"ok","observation":[1,2],"reward":0.5,"terminated":false,"truncated":true,"info":{"a":1}}"#

    private func single<Value>(_ values: PerAgent<Value>) -> Value? {
        if case .single(let value) = values { value } else { nil }
    }

    @Test func `a step reply keeps observation and info as they were sent`() throws {
        let reply = try message(good).stepReply()
        #expect(text(reply.observation) == "[1,2]")
        #expect(text(reply.info) == #"{"a":1}"#)
        #expect(single(reply.reward) == 0.5)
        #expect(single(reply.terminated) == false)
        #expect(single(reply.truncated) == true)
        #expect(reply.isOver && reply.agent == nil && reply.tensors.isEmpty)
    }

    @Test func `a null reward is none`() throws {
        let reply = try message(good.replacing("0.5", with: "null")).stepReply()
        #expect(single(reply.reward) == .some(nil))
    }

    @Test(arguments: ["observation", "reward", "terminated", "truncated", "info", "status"])
    func `no field has a default`(field: String) throws {
        #expect(
            complaint { try message(good.replacing("\"\(field)\"", with: "\"other\"")).stepReply() } is MalformedReply)
    }

    @Test(arguments: [
        ("0.5", #""NaN""#), ("0.5", #""Infinity""#), ("0.5", #""1""#), ("0.5", "true"), ("0.5", "[1]"),
        ("0.5", #"{"a":1}"#), ("false", "0"), ("false", "null"), ("false", #""false""#), ("true", "1"),
        ("true", #"{"a":true}"#), (#"{"a":1}"#, "null"), (#"{"a":1}"#, "[]"), (#"{"a":1}"#, #""x""#),
        (#""ok""#, #""fine""#), (#""ok""#, "true"),
    ]) func `a field of the wrong type is malformed`(field: String, value: String) {
        #expect(complaint { try message(good.replacing(field, with: value)).stepReply() } is MalformedReply)
    }

    @Test func `a reset reply needs only observation and info`() throws {
        let reply = try message(#"{"id":1,"status":"ok","observation":null,"info":{}}"#).resetReply()
        #expect(text(reply.observation) == "null")
        #expect(single(reply.reward) == .some(nil))
        #expect(!reply.isOver)
        #expect(complaint { try message(#"{"status":"ok","observation":1}"#).resetReply() } is MalformedReply)
        #expect(complaint { try message(#"{"status":"ok","info":{}}"#).resetReply() } is MalformedReply)
    }

    @Test(arguments: [
        ("bad_request", true), ("unknown_command", true), ("not_initialized", true), ("not_reset", true),
        ("episode_over", true), ("invalid_action", true), ("unsupported", true), ("interrupted", false),
        ("environment_error", false), ("something_new", false),
    ]) func `each code of an error tells whether the command had an effect`(code: String, isHarmless: Bool) throws {
        let error = complaint { try message(#"{"status":"error","code":"\#(code)","message":"m"}"#).stepReply() }
        #expect(error as? WorkerError == WorkerError(code: code, message: "m"))
        #expect((error as? WorkerError)?.hadNoEffect == isHarmless)
    }

    @Test func `an error without a code is the environment's`() {
        let error = complaint { try message(#"{"status":"error"}"#).stepReply() } as? WorkerError
        #expect(error?.code == "environment_error")
    }
}

struct RepliesOfAgentsTests {
    private func reply(
        _ reward: String, _ terminated: String, _ truncated: String, agents: [String]? = ["a", "b"]
    ) throws -> StepReply {
        try message(
            #"{"status":"ok","observation":{},"reward":\#(reward),"terminated":\#(terminated),"truncated":\#(truncated),"info":{}}"#
        ).stepReply(agents: agents)
    }

    @Test func `values are taken by agent`() throws {
        let reply = try reply(#"{"a":1,"b":null}"#, #"{"a":true,"b":false}"#, #"{"a":false,"b":false}"#)
        guard case .each(let rewards) = reply.reward else { throw MalformedReply("single") }
        #expect(rewards.map(\.agent) == ["a", "b"])
        #expect(rewards.map(\.value) == [1, nil])
        #expect(!reply.isOver)
    }

    @Test func `the episode is over when it is for every agent in whatever order they are named`() throws {
        #expect(try reply(#"{"a":0,"b":0}"#, #"{"a":true,"b":false}"#, #"{"b":true,"a":false}"#).isOver)
        #expect(try !reply(#"{"a":0,"b":0}"#, #"{"a":true,"b":false}"#, #"{"b":false,"a":true}"#).isOver)
        #expect(try reply(#"{"b":0}"#, #"{"b":true}"#, #"{"b":false}"#).isOver)
        #expect(try !reply("{}", "{}", "{}").isOver)
    }

    @Test(arguments: [
        (#"{"a":1}"#, #"{"b":true}"#, #"{"a":true}"#), (#"{"a":1}"#, "true", "false"),
        (#"{"a":1,"b":1}"#, #"{"a":true,"b":true}"#, #"{"a":true}"#), ("1", #"{"a":true}"#, #"{"a":true}"#),
        (#"{"c":1}"#, #"{"c":true}"#, #"{"c":true}"#), (#"{"a":"1"}"#, #"{"a":true}"#, #"{"a":true}"#),
        (#"{"a":1}"#, #"{"a":1}"#, #"{"a":true}"#),
    ]) func `fields of different or unknown agents are malformed`(reward: String, terminated: String, truncated: String)
    {
        #expect(complaint { try reply(reward, terminated, truncated) } is MalformedReply)
    }

    @Test func `a single agent's reply is not keyed`() {
        let each = #"{"a":true}"#
        #expect(complaint { try reply(#"{"a":1}"#, each, each, agents: nil) } is MalformedReply)
    }

    @Test func `a turn names who acts next`() throws {
        let line =
            #"{"status":"ok","observation":1,"reward":0,"terminated":false,"truncated":false,"info":{},"agent":"b"}"#
        #expect(try message(line).stepReply(agents: ["a", "b"]).agent == "b")
        #expect(
            complaint { try message(line.replacing(#""b""#, with: "2")).stepReply(agents: ["a", "b"]) }
                is MalformedReply)
    }
}
