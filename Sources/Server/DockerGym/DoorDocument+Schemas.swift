import JSON

extension DoorDocument {
    static let schemas: JSONObject = [
        "CreateSessionRequest": object(
            [
                ("env_id", ["anyOf": [text, ["type": "null"]]]), ("params", ["type": "object", "default": [:]]),
            ], required: []),
        "StepRequest": object([("action", text)]),
        "SessionResponse": object([
            ("session_id", text), ("env_id", text), ("observation", text), ("info", ["type": "object"]),
            ("status", ["type": "string", "enum": ["active", "done"]]), ("created_at", time),
            ("last_active_at", time),
        ]),
        "StepResponse": object([
            ("session_id", text), ("observation", text), ("reward", ["type": "number"]),
            ("done", ["type": "boolean"]), ("info", ["type": "object"]),
        ]),
        "DeleteResponse": object([("status", text), ("session_id", text)]),
        "DeleteAllResponse": object([("status", text), ("deleted", texts), ("count", count)]),
        "EnvironmentsResponse": object([("environments", texts), ("total", count)]),
        "HealthResponse": object([
            ("status", text), ("active_sessions", count), ("max_sessions", count), ("available_environments", count),
        ]),
        "ErrorResponse": object([("detail", text), ("error_code", text)]),
        "HTTPValidationError": object(
            [("detail", ["type": "array", "items": ["$ref": "#/components/schemas/ValidationError"]])], required: []),
        "ValidationError": object(
            [
                ("type", text), ("loc", ["type": "array", "items": ["anyOf": [text, count]]]), ("msg", text),
                ("input", [:]), ("ctx", ["type": "object"]),
            ], required: ["type", "loc", "msg"]),
    ]

    private static let text: JSONValue = ["type": "string"]
    private static let texts: JSONValue = ["type": "array", "items": text]
    private static let count: JSONValue = ["type": "integer"]
    private static let time: JSONValue = ["type": "string", "format": "date-time"]

    /// - Parameter required: Nil: all of them.
    private static func object(_ properties: [(String, JSONValue)], required: [String]? = nil) -> JSONValue {
        let names = required ?? properties.map(\.0)
        return [
            "type": "object", "properties": .object(JSONObject(properties)),
            "required": .array(names.map(JSONValue.string)),
        ]
    }
}
