import JSON

/// One finding about a body, in pydantic's form.
struct ValidationItem: Sendable {
    let type: String
    /// Members and positions below the body.
    let place: [JSONValue]
    let message: String
    let input: JSONValue
    var context: JSONObject?

    var json: JSONValue {
        var item: JSONObject = [
            "type": .string(type), "loc": .array(["body"] + place), "msg": .string(message), "input": input,
        ]
        if let context { item["ctx"] = .object(context) }
        return .object(item)
    }

    static func missing(_ input: JSONValue, at path: [String]) -> ValidationItem {
        ValidationItem(type: "missing", place: path.map(JSONValue.string), message: "Field required", input: input)
    }

    static func notString(_ input: JSONValue, at key: String) -> ValidationItem {
        ValidationItem(
            type: "string_type", place: [.string(key)], message: "Input should be a valid string", input: input)
    }

    static func notDictionary(_ input: JSONValue, at key: String) -> ValidationItem {
        ValidationItem(
            type: "dict_type", place: [.string(key)], message: "Input should be a valid dictionary", input: input)
    }

    static func notObject(_ input: JSONValue) -> ValidationItem {
        ValidationItem(
            type: "model_attributes_type", place: [],
            message: "Input should be a valid dictionary or object to extract fields from", input: input)
    }

    static func reserved(_ input: JSONValue, at path: [String]) -> ValidationItem {
        ValidationItem(
            type: "value_error", place: path.map(JSONValue.string),
            message: "Value error, the parameter \"\(path.last ?? "")\" is reserved", input: input,
            context: ["error": [:]])
    }

    static func notJSON(_ error: JSONError) -> ValidationItem {
        ValidationItem(
            type: "json_invalid", place: [.integer(Int64(error.offset))], message: "JSON decode error", input: [:],
            context: ["error": .string(error.pythonText)])
    }
}

extension JSONError {
    /// What Python's `json` says of such a text.
    fileprivate var pythonText: String {
        switch reason {
        case .trailingBytes: "Extra data"
        case .controlCharacter: "Invalid control character at"
        case .invalidEscape: "Invalid \\escape"
        case .expected(let what) where what.contains("key"): "Expecting property name enclosed in double quotes"
        case .expected(let what) where what.contains("colon"): "Expecting ':' delimiter"
        case .expected(let what) where what.contains("comma"): "Expecting ',' delimiter"
        case .truncated, .expected, .invalidNumber: "Expecting value"
        default: description
        }
    }
}
