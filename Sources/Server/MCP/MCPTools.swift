import Foundations
import JSON
import Sessions
import Spaces

/// What an agent may do with an environment, as tools: act and look. There is none to reset it or to see its reward.
enum MCPTools {
    static let act = "act"
    static let observe = "observe"

    static func list(_ spaces: SessionSpaces, environment: String) -> JSONValue {
        var observation = spaces.observation.jsonSchema
        observation["$schema"] = nil
        let output: JSONValue = [
            "type": "object",
            "properties": [
                "observation": observation, "terminated": ["type": "boolean"], "truncated": ["type": "boolean"],
            ],
            "required": ["observation", "terminated", "truncated"],
        ]
        return [
            [
                "name": .string(act), "title": "Act",
                "description": .string(
                    "Takes one action in \(environment) and tells what is observed then. After `terminated` or "
                        + "`truncated` nothing more can be done."),
                "inputSchema": input(spaces.action), "outputSchema": output,
            ],
            [
                "name": .string(observe), "title": "Observe",
                "description": .string("Tells again what was observed last in \(environment); changes nothing."),
                "inputSchema": ["type": "object", "properties": [:], "additionalProperties": false],
                "outputSchema": output, "annotations": ["readOnlyHint": true],
            ],
        ]
    }

    /// The arguments of `act`: the members of a `Dict`, else `action`.
    private static func input(_ space: Space) -> JSONValue {
        var schema = space.jsonSchema
        schema["$schema"] = nil
        if case .dict = space { return schema }
        return [
            "type": "object", "properties": ["action": schema], "required": ["action"], "additionalProperties": false,
        ]
    }

    /// The action that arguments mean; nil where they have none.
    static func action(_ arguments: JSONObject, in space: Space?) -> [UInt8]? {
        if case .dict? = space { return JSONValue.object(arguments).encoded() }
        guard let action = arguments["action"], arguments.count == 1 else { return nil }
        return action.encoded()
    }

    /// The result of a tool: text for a model, and the same as JSON.
    static func result(_ answer: CallAnswer) throws(Failure) -> JSONObject {
        let text = try SplitJSON(text: Array(answer.reply.observation), tensors: answer.reply.tensors).joined()
        let observation: JSONValue
        do { observation = try JSONValue(parsing: text, limits: JSONLimits(depth: 512)) } catch { throw error.failure }
        var (terminated, truncated) = (false, false)
        if case .step = answer.kind {
            guard case .single(let isTerminated) = answer.reply.terminated,
                case .single(let isTruncated) = answer.reply.truncated
            else { throw Failure(.failedPrecondition, "an environment of several agents has no tools") }
            (terminated, truncated) = (isTerminated, isTruncated)
        }
        let end = terminated ? "\n\nThe episode has ended." : truncated ? "\n\nThe episode was cut off." : ""
        return [
            "content": [
                ["type": "text", "text": .string((observation.string ?? String(decoding: text, as: UTF8.self)) + end)]
            ],
            "structuredContent": [
                "observation": observation, "terminated": .bool(terminated), "truncated": .bool(truncated),
            ],
            "isError": false,
        ]
    }

    static func failure(_ failure: Failure) -> JSONObject {
        let next = failure.next.isEmpty ? "" : ": \(failure.next)"
        return ["content": [["type": "text", "text": .string(failure.message + next)]], "isError": true]
    }
}
