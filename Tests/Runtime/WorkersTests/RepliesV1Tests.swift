import Testing

@testable import Workers

/// The rows of the worker protocol of DockerGym, version 1.
struct RepliesV1Tests {
    private func step(_ line: String) throws -> StepReply { try message(line).replyV1(isStep: true) }

    private func reward(_ reply: StepReply) -> Double? {
        if case .single(let reward) = reply.reward { reward } else { .nan }
    }

    private func done(_ reply: StepReply) -> Bool {
        if case .single(let flag) = reply.terminated { flag } else { false }
    }

    @Test func `a full reply becomes a step and its other keys the info`() throws {
        let reply = try step(
            #"{"status":"ok","observation":"a room","reward":1.5,"done":true,"moves":3,"inventory":["key"],"env_id":"x","cmd":"step"}"#
        )
        #expect(text(reply.observation) == #""a room""#)
        #expect(reward(reply) == 1.5)
        #expect(done(reply) && reply.isOver)
        #expect(text(reply.info) == #"{"moves":3,"inventory":["key"]}"#)
    }

    @Test func `the score stands in for a reward that is missing`() throws {
        let reply = try step(#"{"status":"ok","observation":"","score":7,"done":false}"#)
        #expect(reward(reply) == 7)
        #expect(text(reply.info) == #"{"score":7}"#)
    }

    @Test func `of reward and score the reward counts and the score reaches the info`() throws {
        let reply = try step(#"{"status":"ok","observation":"","reward":1,"score":50,"done":false}"#)
        #expect(reward(reply) == 1)
        #expect(text(reply.info) == #"{"score":50}"#)
    }

    @Test(arguments: [
        #"{"status":"ok","observation":"","done":false}"#,
        #"{"status":"ok","observation":"","reward":null,"done":false}"#,
        #"{"status":"ok","observation":"","reward":null,"score":3,"done":false}"#,
    ]) func `a reward that was not given is none and never 0`(line: String) throws {
        #expect(reward(try step(line)) == nil)
    }

    @Test func `a missing observation is the empty text`() throws {
        #expect(text(try step(#"{"status":"ok","reward":0,"done":false}"#).observation) == #""""#)
    }

    @Test(arguments: [
        ("true", true), ("false", false), ("1", true), ("0", false), ("2", true), ("0.5", true), ("0.0", false),
        ("null", false),
    ]) func `done is read as Python reads it`(value: String, expected: Bool) throws {
        #expect(done(try step(#"{"status":"ok","observation":"","reward":0,"done":\#(value)}"#)) == expected)
    }

    @Test func `done may be missing`() throws {
        #expect(!done(try step(#"{"status":"ok","observation":"x","reward":0}"#)))
    }

    @Test func `an init drops its reward and done`() throws {
        let reply = try message(#"{"status":"ok","observation":"start","reward":1,"done":true,"look":"around"}"#)
            .replyV1(isStep: false)
        #expect(reward(reply) == nil)
        #expect(!done(reply))
        #expect(text(reply.info) == #"{"look":"around"}"#)
        let bare = try message(#"{"status":"ok","observation":"start"}"#).replyV1(isStep: false)
        #expect(text(bare.info) == "{}")
    }

    @Test(arguments: [
        (#"{"status":"error","message":"Episode is already done"}"#, "Episode is already done"),
        (#"{"status":"error"}"#, nil),
        (#"{"status":"error","message":5}"#, nil),
        (#"{"status":"failed","message":"other word"}"#, "other word"),
        (#"{"status":"error","message":"coded","code":"bad_request"}"#, "coded"),
    ]) func `any status but ok is an error of the environment`(line: String, reason: String?) throws {
        let error = complaint { try step(line) } as? WorkerError
        #expect(error == WorkerError(code: "environment_error", message: reason))
        #expect(error?.hadNoEffect == false)
    }

    @Test(arguments: [
        #"{"observation":"x","reward":0,"done":false}"#, #"{"status":null,"observation":"x"}"#,
        #"{"status":1,"observation":"x"}"#, #"{"loading":1}"#, "{}",
        #"{"status":"ok","observation":"","reward":"1","done":false}"#,
        #"{"status":"ok","observation":"","reward":true,"done":false}"#,
        #"{"status":"ok","observation":"","reward":"NaN","done":false}"#,
        #"{"status":"ok","observation":"","reward":{"a":1},"done":false}"#,
        #"{"status":"ok","observation":"","score":[],"done":false}"#,
        #"{"status":"ok","observation":"","reward":0,"done":"true"}"#,
        #"{"status":"ok","observation":"","reward":0,"done":[]}"#,
    ]) func `a reply with wrong types is malformed`(line: String) {
        #expect(complaint { try step(line) } is MalformedReply)
    }
}
