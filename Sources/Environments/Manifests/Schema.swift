import Foundations
import JSON

/// The part of JSON Schema (2020-12) that manifests are described in and may describe parameters with.
enum Schema {
    /// The keywords that say something about a value.
    static let assertions: Set<String> = [
        "type", "enum", "const", "properties", "required", "additionalProperties", "minProperties", "maxProperties",
        "items", "minItems", "maxItems", "uniqueItems", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
        "minLength", "maxLength", "anyOf", "oneOf",
    ]
    /// The keywords for people and tools.
    static let annotations: Set<String> = [
        "$schema", "$id", "$comment", "title", "description", "default", "examples", "deprecated",
    ]
    static let types = ["null", "boolean", "integer", "number", "string", "array", "object"]

    /// Checks a value.
    static func check(_ value: JSONValue, _ schema: JSONValue) throws(SchemaViolation) {
        guard let schema = schema.object else {
            guard schema != .bool(false) else { throw SchemaViolation(message: "nothing may stand here") }
            return
        }
        try checkType(value, schema)
        try checkChoice(value, schema)
        switch value {
        case .object(let object): try checkObject(object, schema)
        case .array(let array): try checkArray(array, schema)
        case .string(let text): try checkText(text, schema)
        case .integer, .number: try checkNumber(value, schema)
        case .null, .bool: break
        }
        try checkBranches(value, schema)
    }

    private static func checkType(_ value: JSONValue, _ schema: JSONObject) throws(SchemaViolation) {
        let types = names(of: schema["type"])
        guard !types.isEmpty, !types.contains(where: { isType(value, $0) }) else { return }
        let wanted = types.map(article).joined(separator: " or ")
        let isUnquoted = types == ["string"] && (value.double != nil || value.bool != nil)
        throw SchemaViolation(
            message: "expected \(wanted), found \(found(value))", next: isUnquoted ? "put it in quotes" : "")
    }

    private static func checkChoice(_ value: JSONValue, _ schema: JSONObject) throws(SchemaViolation) {
        if let wanted = schema["const"], !isEqual(value, wanted) {
            throw SchemaViolation(message: "expected \(wanted), found \(found(value))")
        }
        guard let choices = schema["enum"]?.array, !choices.contains(where: { isEqual($0, value) }) else { return }
        let texts = choices.map { $0.string ?? $0.description }
        let near = value.string.flatMap { nearest(to: $0, among: texts) }.map { "did you mean `\($0)`?" } ?? ""
        throw SchemaViolation(
            message: "expected one of \(texts.joined(separator: ", ")), found \(found(value))", next: near)
    }

    private static func checkArray(_ array: [JSONValue], _ schema: JSONObject) throws(SchemaViolation) {
        try checkCount(array.count, schema, "minItems", "maxItems", "elements")
        if schema["uniqueItems"] == .bool(true), Set(array).count < array.count {
            throw SchemaViolation(message: "an element stands twice")
        }
        guard let items = schema["items"] else { return }
        for (index, element) in array.enumerated() {
            do { try check(element, items) } catch { throw error.inside(.index(index)) }
        }
    }

    private static func checkText(_ text: String, _ schema: JSONObject) throws(SchemaViolation) {
        try checkCount(text.unicodeScalars.count, schema, "minLength", "maxLength", "characters")
        guard let pattern = schema["pattern"]?.string, let form = TextForm.byPattern[pattern], !form.matches(text)
        else {
            return
        }
        throw SchemaViolation(message: "`\(clipped(text))` is not \(form.description)")
    }

    private static func checkNumber(_ value: JSONValue, _ schema: JSONObject) throws(SchemaViolation) {
        if let bound = schema["minimum"], isLess(value, bound) {
            throw SchemaViolation(message: "\(value) is below the minimum \(bound)")
        }
        if let bound = schema["maximum"], isLess(bound, value) {
            throw SchemaViolation(message: "\(value) is above the maximum \(bound)")
        }
        if let bound = schema["exclusiveMinimum"], !isLess(bound, value) {
            throw SchemaViolation(message: "\(value) is not above \(bound)")
        }
        if let bound = schema["exclusiveMaximum"], !isLess(value, bound) {
            throw SchemaViolation(message: "\(value) is not below \(bound)")
        }
    }

    static func checkCount(
        _ count: Int, _ schema: JSONObject, _ least: String, _ most: String, _ what: String
    ) throws(SchemaViolation) {
        if let bound = schema[least]?.integer, count < bound {
            throw SchemaViolation(message: "\(count) \(what), at least \(bound) are needed")
        }
        if let bound = schema[most]?.integer, count > bound {
            throw SchemaViolation(message: "\(count) \(what), at most \(bound) are allowed")
        }
    }

    static func names(of value: JSONValue?) -> [String] {
        value?.string.map { [$0] } ?? value?.array?.compactMap(\.string) ?? []
    }

    static func isType(_ value: JSONValue, _ type: String) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("number", .integer), ("number", .number), ("string", .string),
            ("array", .array), ("object", .object):
            true
        case ("integer", .integer), ("integer", .number): value.integer != nil
        default: false
        }
    }

    /// Whether two values are the same by JSON Schema, for which 1 and 1.0 are.
    static func isEqual(_ left: JSONValue, _ right: JSONValue) -> Bool {
        if let left = left.integer, let right = right.integer { return left == right }
        return left == right
    }

    private static func isLess(_ left: JSONValue, _ right: JSONValue) -> Bool {
        if case .integer(let left) = left, case .integer(let right) = right { return left < right }
        guard let left = left.double, let right = right.double else { return false }
        return left < right
    }

    private static func article(_ type: String) -> String {
        switch type {
        case "null": "null"
        case "integer": "a whole number"
        case "object", "array": "an \(type)"
        default: "a \(type)"
        }
    }

    private static func found(_ value: JSONValue) -> String {
        switch value {
        case .object, .array: value.kindDescription
        default: "`\(clipped(value.string ?? value.description))`"
        }
    }

    private static func clipped(_ text: String) -> String { text.count > 80 ? text.prefix(80) + "…" : text }
}
