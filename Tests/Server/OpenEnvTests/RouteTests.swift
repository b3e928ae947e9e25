import JSON
import Testing

@testable import OpenEnv

struct RouteTests {
    @Test(arguments: [
        ("/openenv/classic/CartPole/step", "classic/CartPole", OpenEnvRoute.Operation.step),
        ("/openenv/classic%2FCartPole%401.0.0/ws", "classic/CartPole@1.0.0", .socket),
        ("/openenv/CartPole-v1/schema", "CartPole-v1", .schema),
        ("/openenv/text/World/World/splits", "text/World", .splits(environment: "World")),
        ("/openenv/World/world/num_tasks", "World", .tasks(.numTasks, environment: "world")),
    ]) func `a path names an environment and a call`(
        _ path: String, _ environment: String, _ operation: OpenEnvRoute.Operation
    ) {
        let route = OpenEnvRoute(path, root: nil)
        #expect(route?.environment == environment && route?.operation == operation)
    }

    @Test func `the root has one environment`() {
        #expect(OpenEnvRoute("/reset", root: "a/b")?.environment == "a/b")
        #expect(OpenEnvRoute("/a/reset", root: "a/b") == nil)
        #expect(OpenEnvRoute("/reset", root: nil) == nil)
        #expect(OpenEnvRoute("/openenv/a/b/c/reset", root: nil) == nil)
    }

    @Test(arguments: [
        ("{", "INVALID_JSON"), (#"{"type":"fly"}"#, "UNKNOWN_TYPE"), ("{}", "UNKNOWN_TYPE"), ("[]", "VALIDATION_ERROR"),
        (#"{"type":"step"}"#, "VALIDATION_ERROR"), (#"{"type":"step","data":3}"#, "VALIDATION_ERROR"),
        (#"{"type":"state","data":{}}"#, "VALIDATION_ERROR"), (#"{"type":"reset","x":1}"#, "VALIDATION_ERROR"),
    ]) func `what is wrong with a message has a code`(_ text: String, _ code: String) {
        do throws(OpenEnvMessage.Problem) {
            _ = try OpenEnvMessage(Array(text.utf8))
            Issue.record("it was accepted")
        } catch {
            let frame = try? JSONValue(parsing: OpenEnvFrame.refusal(error))
            #expect(frame?["type"] == "error" && frame?["data"]?["code"] == .string(code))
        }
    }
}
