import Foundations
import HTTP
import JSON
import Sessions
import Workers

/// An error in DockerGym's form: a status, a code of its own and a text.
struct DoorError: Equatable {
    let status: Int
    let code: String
    let detail: String
    /// Seconds until another try may go better.
    var retryAfter: String?

    init(_ status: Int, _ code: String, _ detail: String) {
        self.status = status
        self.code = code
        self.detail = detail
        retryAfter = status == 503 ? "1" : nil
    }

    /// - Parameter session: As the path had it.
    init(_ failure: Failure, in operation: DoorRoute.Operation, session: String) {
        switch (failure.code, operation) {
        case (.unauthenticated, _): self.init(401, "UNAUTHENTICATED", failure.message)
        case (.permissionDenied, .create) where failure.details["refused_by"] != nil:
            self.init(403, "SESSION_REFUSED", failure.message)
        case (.permissionDenied, _): self.init(403, "PERMISSION_DENIED", failure.message)
        case (.resourceExhausted, _) where failure.details["retry_after"] != nil:
            self.init(429, "RATE_LIMITED", failure.message)
            retryAfter = failure.details["retry_after"]
        case (.resourceExhausted, .create):
            if let places = failure.details["max_sessions"] {
                self.init(503, "NO_SLOTS_AVAILABLE", "No slots available (max \(places) sessions)")
            } else {
                self = Self.creation(failure)
            }
        case (_, .create): self = Self.creation(failure)
        case (.notFound, _), (.sessionClosed, _):
            self.init(404, "SESSION_NOT_FOUND", "Session not found: \(session)")
        case (.episodeOver, _): self.init(409, "SESSION_ALREADY_DONE", "Session already done: \(session)")
        case (.environmentError, _):
            self.init(500, "CONTAINER_ERROR", failure.details["worker_message"] ?? "Step failed")
        case (.invalidAction, _), (.invalidArgument, _), (.interrupted, _), (.notReset, _), (.unimplemented, _):
            self.init(500, "CONTAINER_ERROR", failure.message)
        case (.sessionFailed, _), (.deadlineExceeded, _):
            self = Self.communication(failure) ?? .internalError
        case (.unavailable, _): self.init(503, "UNAVAILABLE", failure.message)
        default: self = .internalError
        }
    }

    static let internalError = DoorError(500, "INTERNAL_ERROR", "Internal server error")

    private static func creation(_ failure: Failure) -> DoorError {
        switch failure.code {
        case .environmentError:
            DoorError(500, "CONTAINER_ERROR", "Init failed: \(failure.details["worker_message"] ?? "unknown error")")
        case .notFound where failure.details["instance"] != nil:
            DoorError(500, "CONTAINER_ERROR", "Init failed: \(failure.message)")
        case .sessionFailed, .deadlineExceeded:
            communication(failure).map { DoorError($0.status, $0.code, "Init failed: \($0.detail)") } ?? .internalError
        case .unavailable where failure.details["hook"] != nil:
            DoorError(500, "INTERNAL_ERROR", "Failed to create session: \(failure.message)")
        case .unavailable: DoorError(503, "UNAVAILABLE", failure.message)
        case .internal: .internalError
        default: DoorError(500, "CONTAINER_ERROR", "Failed to create session: \(failure.message)")
        }
    }

    /// What ended the exchange with the worker; nil where a reply was JSON of the wrong form.
    private static func communication(_ failure: Failure) -> DoorError? {
        let text: String
        switch failure.details["reason"].flatMap(FailureReason.init) {
        case .timeout: text = "Timeout reading from container"
        case .workerExited: text = "Container closed connection"
        case .outOfMemory: text = "Container closed connection (out of memory)"
        case .replyMalformed where !failure.message.contains(MalformedReply.noJSON): return nil
        default: text = failure.message
        }
        return DoorError(500, "CONTAINER_ERROR", "Communication error: \(text)")
    }

    var response: HTTPResponse {
        var headers: [(String, String)] = []
        if status == 401 { headers.append(("WWW-Authenticate", "Bearer")) }
        if let retryAfter { headers.append(("Retry-After", retryAfter)) }
        return .json(["detail": .string(detail), "error_code": .string(code)], status: status, headers: headers)
    }
}
