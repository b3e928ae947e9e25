import Foundations
import JSON

/// One message of a client of `/ws`.
enum OpenEnvMessage {
    /// The bytes of `data`.
    case reset([UInt8])
    case step([UInt8])
    case state
    case close
    case rpc([UInt8])

    /// Why a message is refused; the connection goes on.
    enum Problem: Error {
        case notJSON(String)
        case unknownType(String)
        case invalid([JSONValue])
    }

    init(_ bytes: [UInt8]) throws(Problem) {
        let members: JSONMembers
        do { members = try JSONMembers(parsing: bytes) } catch {
            guard let value = try? JSONValue(parsing: bytes), value.object == nil else {
                throw .notJSON(error.description)
            }
            throw .invalid([Self.item("dict_type", [], "Input should be a valid dictionary", value)])
        }
        let type = members.string("type") ?? ""
        guard ["reset", "step", "state", "close", "mcp"].contains(type) else { throw .unknownType(type) }
        let hasData = type != "state" && type != "close"
        let allowed = hasData ? ["type", "data"] : ["type"]
        var problems: [JSONValue] = []
        for key in members.keys where !allowed.contains(key) {
            problems.append(
                Self.item("extra_forbidden", [key], "Extra inputs are not permitted", members.value(key) ?? .null))
        }
        let data = members["data"].map(Array.init)
        if hasData, let data, data.first != UInt8(ascii: "{") {
            problems.append(
                Self.item("dict_type", ["data"], "Input should be a valid dictionary", members.value("data") ?? .null))
        }
        if type != "reset", hasData, data == nil {
            problems.append(Self.item("missing", ["data"], "Field required", ["type": .string(type)]))
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        switch type {
        case "reset": self = .reset(data ?? Array("{}".utf8))
        case "step": self = .step(data ?? [])
        case "mcp": self = .rpc(data ?? [])
        case "state": self = .state
        default: self = .close
        }
    }

    /// A finding in pydantic's form.
    static func item(_ type: String, _ place: [String], _ message: String, _ input: JSONValue) -> JSONValue {
        ["type": .string(type), "loc": .array(place.map(JSONValue.string)), "msg": .string(message), "input": input]
    }
}

/// What a reset asks for, of a message or a request.
struct OpenEnvReset {
    var seed: Int64?
    var episode: String?
    /// Another task than the one that is played; a session has one for all its life.
    var instance: String?
    var options = JSONObject()

    /// - Parameter isChecked: Whether wrong types are refused, as over HTTP; else they are left out.
    init(_ object: JSONObject, isChecked: Bool) throws(OpenEnvMessage.Problem) {
        var problems: [JSONValue] = []
        for (key, value) in object {
            switch key {
            case "seed":
                seed = value.integer.flatMap { $0 >= 0 ? $0 : nil }
                if seed == nil, !value.isNull {
                    problems.append(
                        OpenEnvMessage.item("int_type", ["body", "seed"], "Input should be a valid integer", value))
                }
            case "episode_id":
                episode = value.string.flatMap { $0.unicodeScalars.count <= 255 ? $0 : nil }
                if episode == nil, !value.isNull {
                    problems.append(
                        OpenEnvMessage.item(
                            "string_type", ["body", "episode_id"], "Input should be a valid string", value))
                }
            case "instance": instance = value.string
            default: options[key] = value
            }
        }
        if isChecked, !problems.isEmpty { throw .invalid(problems) }
    }
}
