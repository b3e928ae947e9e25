import Foundations
import HTTP
import JSON
import REST

extension HTTPResponse {
    static func detail(_ status: Int, _ value: JSONValue) -> HTTPResponse {
        .json(["detail": value], status: status)
    }

    /// As FastAPI says what went wrong.
    static func openEnv(_ failure: Failure) -> HTTPResponse {
        switch failure.code {
        case .notFound: return .detail(404, .string(failure.message))
        case .unauthenticated:
            var response = detail(401, .string(failure.message))
            response.headers.append(("WWW-Authenticate", "Bearer"))
            return response
        case .permissionDenied: return .detail(403, .string(failure.message))
        case .invalidAction, .invalidArgument, .malformedJSON:
            let field = failure.details["field"].map { [$0] } ?? []
            return .detail(
                422, .array([OpenEnvMessage.item("value_error", ["body", "action"] + field, failure.message, .null)]))
        case .resourceExhausted where failure.details["retry_after"] != nil:
            var response = detail(429, .string(failure.message))
            response.headers.append(("Retry-After", failure.details["retry_after"] ?? "1"))
            return response
        case .resourceExhausted, .unavailable, .sandboxUnavailable: return .detail(503, .string(failure.message))
        case .unimplemented: return .detail(501, .string(failure.message))
        default:
            return HTTPResponse(
                status: 500, headers: [("Content-Type", "text/plain; charset=utf-8")],
                body: Array("Internal Server Error".utf8))
        }
    }
}

/// The messages of a server of `/ws`.
enum OpenEnvFrame {
    static func data(_ type: String, _ data: [UInt8]) -> [UInt8] {
        Array(#"{"type":"\#(type)","data":"#.utf8) + data + [UInt8(ascii: "}")]
    }

    static func error(_ code: String, _ message: String, _ more: [(String, JSONValue)] = []) -> [UInt8] {
        let members = JSONObject([("message", .string(message)), ("code", .string(code))] + more)
        return data("error", JSONValue.object(members).encoded())
    }

    static func refusal(_ problem: OpenEnvMessage.Problem) -> [UInt8] {
        switch problem {
        case .notJSON(let text): error("INVALID_JSON", "Invalid JSON: \(text)")
        case .unknownType(let type): error("UNKNOWN_TYPE", "Unknown message type: \(type.prefix(200))")
        case .invalid(let items): error("VALIDATION_ERROR", "Invalid message", [("errors", .array(items))])
        }
    }

    /// Of a call that failed: the action was wrong, or the environment could not.
    static func failure(_ failure: Failure) -> [UInt8] {
        guard failure.code == .invalidAction else { return error("EXECUTION_ERROR", failure.message) }
        let field = failure.details["field"].map { [$0] } ?? []
        return refusal(.invalid([OpenEnvMessage.item("value_error", field, failure.message, .null)]))
    }

    /// Of a session that could not be started; the connection ends behind it.
    static func noSession(_ failure: Failure, environment: String, active: Int, most: Int) -> [UInt8] {
        guard failure.code == .resourceExhausted else {
            return error(
                "FACTORY_ERROR", "Environment factory '\(environment)' failed to create instance. \(failure.message)",
                [("factory_name", .string(environment))])
        }
        return error(
            "CAPACITY_REACHED",
            "Server at capacity: \(active)/\(most) sessions active. Cannot accept new connections.",
            [("active_sessions", .integer(Int64(active))), ("max_sessions", .integer(Int64(most)))])
    }
}
