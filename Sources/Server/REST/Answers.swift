import Foundations
import HTTP
import JSON
import Sandboxes
import Sessions
import Spaces

extension HTTPResponse {
    package static func json(_ value: JSONValue, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, headers: [("Content-Type", "application/json")], body: value.encoded())
    }

    package static func json(bytes: [UInt8], status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, headers: [("Content-Type", "application/json")], body: bytes)
    }

    package static func failure(_ failure: Failure, requestID: String) -> HTTPResponse {
        var response = json(["error": errorObject(failure, requestID: requestID)], status: failure.code.httpStatus)
        switch failure.code {
        case .resourceExhausted, .unavailable, .sandboxUnavailable:
            response.headers.append(("Retry-After", failure.details["retry_after"] ?? "1"))
        case .unauthenticated: response.headers.append(("WWW-Authenticate", "Bearer"))
        case .methodNotAllowed:
            if let allow = failure.details["allow"] { response.headers.append(("Allow", allow)) }
        default: break
        }
        return response
    }
}

package func errorObject(_ failure: Failure, requestID: String) -> JSONValue {
    let details = JSONObject(failure.details.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) })
    let next = failure.next.isEmpty ? "docs/errors.md tells about \(failure.code.rawValue)" : failure.next
    return [
        "code": .string(failure.code.rawValue), "message": .string(failure.message), "next": .string(next),
        "request_id": .string(requestID), "details": .object(details),
    ]
}

extension SessionSummary {
    /// The members of a session object, in wire order.
    func members(address: String) -> [(String, JSONValue)] {
        var reason: JSONValue = .null
        switch phase {
        case .closed(let why): reason = .string(why.rawValue)
        case .failed(let why, _): reason = .string(why.rawValue)
        default: break
        }
        return [
            ("id", .string("\(id)")), ("environment", .string(environment)), ("digest", .string(digest)),
            ("instance", instance.map(JSONValue.string) ?? .null), ("backend", .string(backend)),
            ("isolation", .string(isolation)), ("state", .string(phase.name)), ("reason", reason),
            ("index", .integer(Int64(index))), ("episode", .integer(Int64(episode))),
            ("created_at", .string(createdAt.rfc3339)), ("expires_at", .string(expiresAt.rfc3339)),
            ("address", .string(address)),
            ("labels", .object(JSONObject(labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))),
            ("parent", parent.map { .string("\($0)") } ?? .null),
            ("branched_at", branchedAt.map { .integer(Int64($0)) } ?? .null),
            ("validation", .string(validation.rawValue)),
            ("record", .string(recording.rawValue)),
            ("warnings", .array(warnings.map(JSONValue.string))),
            ("rows", rows.map { .integer(Int64($0.count)) } ?? .null),
            ("autoreset", rows.map { .string($0.autoreset) } ?? .null),
            ("agents", agents.map { .array($0.map(JSONValue.string)) } ?? .null),
            ("trajectory_hash", trajectoryHash.map(JSONValue.string) ?? .null),
            ("observation_space", spaces?.observation.json ?? .null), ("action_space", spaces?.action.json ?? .null),
        ]
    }

    package func json(address: String) -> JSONValue { .object(JSONObject(members(address: address))) }
}

extension CreatedSession {
    /// The session object, and the first reset: its index and episode in their places, its other members behind.
    package func encoded(address: String) throws(Failure) -> [UInt8] {
        var session = summary.json(address: address)
        guard let reset else { return session.encoded() }
        session["index"] = .integer(Int64(reset.index))
        session["episode"] = .integer(Int64(reset.episode))
        var bytes = session.encoded()
        bytes.removeLast()
        bytes.append(UInt8(ascii: ","))
        bytes.append(contentsOf: try reset.contentJSON())
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }
}

extension SandboxUsage {
    package var json: JSONValue {
        [
            "cpu_seconds": .number(processorTime / .seconds(1)), "memory_bytes": .integer(Int64(memory)),
            "memory_peak_bytes": .integer(Int64(peakMemory)), "pids": .integer(Int64(processes)),
        ]
    }
}
