import Foundations
import JSON
import Sessions
import Spaces

/// Actions, observations and schemas, which in OpenEnv are always objects.
///
/// An action of a `Dict` is the object itself, any other one stands under `action`; an observation that is no object
/// stands under `observation`.
enum OpenEnvValues {
    /// The action that an object means, as JSON.
    ///
    /// - Throws: `invalid_action` where it has none.
    static func action(_ object: [UInt8], in space: Space?) throws(Failure) -> [UInt8] {
        let members: JSONMembers
        do { members = try JSONMembers(parsing: object) } catch { throw error.failure }
        if case .dict(let dict)? = space {
            guard members["metadata"] != nil, !dict.members.contains(where: { $0.key == "metadata" }) else {
                return object
            }
            var writer = JSONWriter(reserving: object.count)
            writer.beginObject()
            for key in members.keys where key != "metadata" {
                writer.key(key)
                writer.raw(members[key] ?? [])
            }
            writer.endObject()
            return writer.bytes
        }
        for key in members.keys where key != "action" && key != "metadata" {
            throw Failure(.invalidAction, "Extra inputs are not permitted", details: ["field": String(key.prefix(100))])
        }
        guard let action = members["action"] else {
            throw Failure(.invalidAction, "Field required", details: ["field": "action"])
        }
        return Array(action)
    }

    /// `{"observation":{…},"reward":…,"done":…}`, with `metadata` where the environment told any.
    ///
    /// - Throws: `internal` where the reply has rewards of several agents.
    static func result(_ answer: CallAnswer) throws(Failure) -> [UInt8] {
        guard case .single(let reward) = answer.reply.reward else {
            throw Failure(.internal, "OpenEnv has no environments of several agents")
        }
        let plain = try SplitJSON(text: Array(answer.reply.observation), tensors: answer.reply.tensors).joined()
        let info = answer.reply.info
        let hasInfo = info.count > 2 && !info.elementsEqual("{}".utf8)
        var bytes = Array(#"{"observation":"#.utf8)
        bytes.reserveCapacity(plain.count + 2 * info.count + 96)
        if plain.first == UInt8(ascii: "{") {
            bytes.append(contentsOf: plain)
            if hasInfo, (try? JSONMembers(parsing: plain))?["metadata"] == nil {
                bytes.removeLast()
                if plain.count > 2 { bytes.append(UInt8(ascii: ",")) }
                bytes.append(contentsOf: #""metadata":"#.utf8)
                bytes.append(contentsOf: info)
                bytes.append(UInt8(ascii: "}"))
            }
        } else {
            bytes.append(contentsOf: #"{"observation":"#.utf8)
            bytes.append(contentsOf: plain)
            if hasInfo {
                bytes.append(contentsOf: #","metadata":"#.utf8)
                bytes.append(contentsOf: info)
            }
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(contentsOf: #","reward":"#.utf8)
        let isReset = if case .reset = answer.kind { true } else { false }
        bytes.append(contentsOf: (isReset ? .null : reward.map(JSONValue.number) ?? .null).encoded())
        bytes.append(contentsOf: #","done":\#(!isReset && answer.reply.isOver)"#.utf8)
        if hasInfo {
            bytes.append(contentsOf: #","metadata":"#.utf8)
            bytes.append(contentsOf: info)
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// The answer of `/schema`.
    static func schemas(_ spaces: SessionSpaces) -> JSONValue {
        let observation = object(
            spaces.observation, named: "observation",
            extra: [
                ("done", ["type": "boolean", "default": false]),
                ("reward", ["type": ["number", "null"], "default": nil]),
            ])
        return [
            "action": object(spaces.action, named: "action", extra: []), "observation": observation, "state": state,
            "reset_observation": observation,
        ]
    }

    private static let metadata: (String, JSONValue) = (
        "metadata", ["type": "object", "additionalProperties": true]
    )

    private static let state: JSONValue = [
        "type": "object", "title": "State", "additionalProperties": true,
        "properties": [
            "episode_id": ["type": ["string", "null"], "default": nil],
            "step_count": ["type": "integer", "minimum": 0, "default": 0],
        ],
    ]

    private static func object(_ space: Space, named name: String, extra: [(String, JSONValue)]) -> JSONValue {
        var schema: JSONValue
        if case .dict = space {
            schema = space.jsonSchema
        } else {
            var inner = space.jsonSchema
            inner["$schema"] = nil
            schema = [
                "type": "object", "properties": .object(JSONObject([(name, inner)])), "required": [.string(name)],
                "additionalProperties": false,
            ]
        }
        var properties = schema["properties"]?.object ?? [:]
        for (key, value) in extra + [metadata] where properties[key] == nil { properties[key] = value }
        schema["properties"] = .object(properties)
        schema["title"] = .string(name.prefix(1).uppercased() + name.dropFirst())
        return schema
    }
}
