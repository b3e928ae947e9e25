import Foundations
import Testing

@testable import DockerGym

struct DoorErrorTests {
    private func error(
        _ code: Failure.Code, _ message: String = "m", in operation: DoorRoute.Operation,
        _ details: [String: String] = [:]
    ) -> DoorError {
        DoorError(Failure(code, message, details: details), in: operation, session: "s")
    }

    @Test func `conditions of the table have its status, code and text`() {
        #expect(error(.notFound, in: .step) == DoorError(404, "SESSION_NOT_FOUND", "Session not found: s"))
        #expect(error(.sessionClosed, in: .read) == DoorError(404, "SESSION_NOT_FOUND", "Session not found: s"))
        #expect(error(.episodeOver, in: .step) == DoorError(409, "SESSION_ALREADY_DONE", "Session already done: s"))
        #expect(
            error(.resourceExhausted, in: .create, ["max_sessions": "3"])
                == DoorError(503, "NO_SLOTS_AVAILABLE", "No slots available (max 3 sessions)"))
        #expect(
            error(.environmentError, in: .create, ["worker_message": "no game"])
                == DoorError(500, "CONTAINER_ERROR", "Init failed: no game"))
        #expect(
            error(.environmentError, in: .create) == DoorError(500, "CONTAINER_ERROR", "Init failed: unknown error"))
        #expect(
            error(.environmentError, in: .step, ["worker_message": "no door"])
                == DoorError(500, "CONTAINER_ERROR", "no door"))
        #expect(error(.environmentError, in: .step) == DoorError(500, "CONTAINER_ERROR", "Step failed"))
        #expect(
            error(.sandboxUnavailable, "no kernel", in: .create)
                == DoorError(500, "CONTAINER_ERROR", "Failed to create session: no kernel"))
        #expect(error(.internal, "secret", in: .step) == .internalError)
        #expect(error(.internal, "secret", in: .create) == .internalError)
    }

    @Test(arguments: [
        ("timeout", "Communication error: Timeout reading from container"),
        ("worker_exited", "Communication error: Container closed connection"),
        ("out_of_memory", "Communication error: Container closed connection (out of memory)"),
        ("line_too_long", "Communication error: m"),
    ]) func `what ended the exchange is a communication error`(reason: String, text: String) {
        #expect(error(.sessionFailed, in: .step, ["reason": reason]) == DoorError(500, "CONTAINER_ERROR", text))
        #expect(
            error(.sessionFailed, in: .create, ["reason": reason])
                == DoorError(500, "CONTAINER_ERROR", "Init failed: " + text))
    }

    @Test func `a reply that is no JSON is one too, and one of the wrong form is internal`() {
        let details = ["reason": "reply_malformed"]
        #expect(error(.sessionFailed, "a reply is no JSON: x", in: .step, details).code == "CONTAINER_ERROR")
        #expect(error(.sessionFailed, "reward is no number", in: .step, details) == .internalError)
    }

    @Test(arguments: Failure.Code.allCases) func `every failure has an answer of the door's form`(code: Failure.Code) {
        for operation in DoorRoute.Operation.allCases {
            let error = error(code, in: operation)
            #expect((400...599).contains(error.status) && !error.detail.isEmpty)
            #expect(error.code == error.code.uppercased())
        }
    }

    @Test func `a hook that refused and one that failed are told apart`() {
        #expect(
            error(.permissionDenied, "no", in: .create, ["refused_by": "hook"])
                == DoorError(403, "SESSION_REFUSED", "no"))
        #expect(error(.unavailable, "f", in: .create, ["hook": "failed"]).code == "INTERNAL_ERROR")
        #expect(error(.unavailable, "f", in: .create) == DoorError(503, "UNAVAILABLE", "f"))
    }
}
