import Foundations
import JSON

/// What is asked of a schema that the author of a manifest wrote.
extension Schema {
    /// Checks that every keyword is one that is checked here, is well formed, and that defaults fit.
    static func checkSchema(_ schema: JSONValue) throws(SchemaViolation) {
        guard let object = schema.object else {
            guard schema.bool != nil else { throw SchemaViolation(message: "a schema is an object, true or false") }
            return
        }
        for (keyword, value) in object {
            guard assertions.contains(keyword) || annotations.contains(keyword) else {
                let near = nearest(to: keyword, among: assertions.union(annotations))
                throw SchemaViolation(
                    path: [.key(keyword)], message: "the keyword `\(keyword)` is not checked here",
                    next: near.map { "did you mean `\($0)`?" } ?? "leave it out, or check it in the environment",
                    isAboutKey: true)
            }
            do { try checkKeyword(keyword, value) } catch { throw error.inside(.key(keyword)) }
        }
        if let value = object["default"] {
            do { try check(value, schema) } catch {
                throw SchemaViolation(path: [.key("default")], message: error.failure(root: "default").message)
            }
        }
    }

    private static func checkKeyword(_ keyword: String, _ value: JSONValue) throws(SchemaViolation) {
        switch keyword {
        case "type":
            try check(
                value,
                [
                    "anyOf": [
                        ["type": "string", "enum": typeNames],
                        ["type": "array", "items": ["enum": typeNames], "minItems": 1],
                    ]
                ])
        case "enum": try check(value, ["type": "array", "minItems": 1])
        case "required": try check(value, ["type": "array", "items": ["type": "string"]])
        case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum": try check(value, ["type": "number"])
        case "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties":
            try check(value, ["type": "integer", "minimum": 0])
        case "uniqueItems", "deprecated": try check(value, ["type": "boolean"])
        case "title", "description", "$schema", "$id", "$comment": try check(value, ["type": "string"])
        case "items", "additionalProperties": try checkSchema(value)
        case "properties":
            try check(value, ["type": "object"])
            for (key, schema) in value.object ?? JSONObject() {
                do { try checkSchema(schema) } catch { throw error.inside(.key(key)) }
            }
        case "anyOf", "oneOf":
            try check(value, ["type": "array", "minItems": 1])
            for (index, schema) in (value.array ?? []).enumerated() {
                do { try checkSchema(schema) } catch { throw error.inside(.index(index)) }
            }
        default: break
        }
    }

    private static let typeNames = JSONValue.array(types.map(JSONValue.string))

    /// The value with the defaults of properties that are missing, in objects that are there or are defaults themselves.
    static func applyingDefaults(_ value: JSONValue, _ schema: JSONValue) -> JSONValue {
        guard var object = value.object, let properties = schema["properties"]?.object else { return value }
        for (name, property) in properties {
            if let given = object[name] ?? property["default"] { object[name] = applyingDefaults(given, property) }
        }
        return .object(object)
    }
}
