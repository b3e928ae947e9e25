import HTTP
import JSON

/// The body of a request, read as FastAPI and pydantic read it.
struct DoorBody: Sendable {
    /// Nil for an empty body and for `null`.
    let value: JSONValue?

    init(_ request: HTTPRequest) throws(BodyProblem) {
        let bytes = request.body
        if bytes.isEmpty {
            value = nil
            return
        }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .unreadable }
        do {
            let parsed = try JSONValue(parsing: bytes)
            value = parsed.isNull ? Optional.none : parsed
        } catch {
            throw .invalid([.notJSON(error)])
        }
    }
}

/// What `POST /sessions` asks for.
struct DoorCreation: Sendable {
    let environment: String?
    let parameters: JSONObject

    /// Unknown members are ignored, and no body stands for one without members.
    init(_ body: DoorBody) throws(BodyProblem) {
        guard let value = body.value else {
            (environment, parameters) = (nil, [:])
            return
        }
        guard let object = value.object else { throw .invalid([.notObject(value)]) }
        var problems: [ValidationItem] = []
        let name = object["env_id"] ?? .null
        if !name.isNull && name.string == nil { problems.append(.notString(name, at: "env_id")) }
        let given = object["params"] ?? [:]
        if given.object == nil { problems.append(.notDictionary(given, at: "params")) }
        for key in ["env_id", "cmd"] {
            guard let value = given[key] else { continue }
            problems.append(.reserved(value, at: ["params", key]))
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        environment = name.string
        parameters = given.object ?? [:]
    }
}

/// What `POST /sessions/{session}/step` asks for.
struct DoorAction: Sendable {
    let text: String

    init(_ body: DoorBody) throws(BodyProblem) {
        guard let value = body.value else { throw .invalid([.missing(.null, at: [])]) }
        guard let object = value.object else { throw .invalid([.notObject(value)]) }
        guard let action = object["action"] else { throw .invalid([.missing(value, at: ["action"])]) }
        guard let text = action.string else { throw .invalid([.notString(action, at: "action")]) }
        self.text = text
    }
}

/// Why a body is refused before anything is done with it.
enum BodyProblem: Error {
    /// It is no text.
    case unreadable
    case invalid([ValidationItem])

    var response: HTTPResponse {
        switch self {
        case .unreadable: .detail(400, "There was an error parsing the body")
        case .invalid(let items): .json(["detail": .array(items.map(\.json))], status: 422)
        }
    }
}
