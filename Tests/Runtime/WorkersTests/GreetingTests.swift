import Testing

@testable import Workers

struct GreetingTests {
    @Test func `a worker introduces itself`() throws {
        let greeting = try WorkerGreeting(
            message(
                #"""
                {"id":1,"status":"ok","protocol":2,"worker":{"name":"gym","version":"1.0","language":"python","packages":{"numpy":"2.4","odd":5}},
                "capabilities":["seed","render","teleport"],"instances":["a","b"],"agents":null}
                """#))
        #expect(greeting.name == "gym" && greeting.version == "1.0")
        #expect(greeting.packages == ["numpy": "2.4"])
        #expect(greeting.capabilities == [.seed, .render])
        #expect(greeting.instances == ["a", "b"])
        #expect(greeting.agents == nil)
    }

    @Test func `what a worker need not say has a meaning`() throws {
        let greeting = try WorkerGreeting(message(#"{"status":"ok","protocol":2}"#))
        #expect(greeting.capabilities.isEmpty && greeting.instances == nil && greeting.agents == nil)
        #expect(greeting.name == "worker" && greeting.version == "unknown")
    }

    @Test(arguments: [
        #"{"status":"ok"}"#, #"{"status":"ok","protocol":1}"#, #"{"status":"ok","protocol":3}"#,
        #"{"status":"ok","protocol":"2"}"#, #"{"status":"ok","protocol":2,"capabilities":"seed"}"#,
        #"{"status":"ok","protocol":2,"capabilities":[1]}"#, #"{"status":"ok","protocol":2,"instances":{}}"#,
        #"{"status":"ok","protocol":2,"agents":[null]}"#, #"{"protocol":2}"#,
    ]) func `an introduction of another form is malformed`(line: String) {
        #expect(complaint { try WorkerGreeting(message(line)) } is MalformedReply)
    }

    @Test func `a refusal to introduce itself is the worker's error`() {
        let error = complaint { try WorkerGreeting(message(#"{"status":"error","message":"Unknown command: hello"}"#)) }
        #expect(error as? WorkerError == WorkerError(code: "environment_error", message: "Unknown command: hello"))
    }
}
