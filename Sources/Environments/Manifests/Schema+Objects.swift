import Foundations
import JSON

extension Schema {
    static func checkObject(_ object: JSONObject, _ schema: JSONObject) throws(SchemaViolation) {
        let properties = schema["properties"]?.object ?? JSONObject()
        for name in names(of: schema["required"]) where object[name] == nil {
            throw SchemaViolation(message: "`\(name)` is missing")
        }
        try checkCount(object.count, schema, "minProperties", "maxProperties", "keys")
        if let names = schema["propertyNames"] {
            for key in object.keys {
                do { try check(.string(key), names) } catch {
                    throw SchemaViolation(path: [.key(key)], message: error.message, isAboutKey: true)
                }
            }
        }
        for (key, value) in object {
            guard let schema = properties[key] ?? schema["additionalProperties"] else { continue }
            guard schema != .bool(false) else { throw unknown(key, among: properties.keys) }
            do { try check(value, schema) } catch { throw error.inside(.key(key)) }
        }
    }

    private static func unknown(_ key: String, among keys: [String]) -> SchemaViolation {
        let near = nearest(to: key, among: keys).map { "did you mean `\($0)`?" }
        let known = keys.isEmpty ? "there are no keys here" : "the keys here are \(keys.joined(separator: ", "))"
        return SchemaViolation(
            path: [.key(key)], message: "there is no key `\(key)`", next: near ?? known, isAboutKey: true)
    }

    static func checkBranches(_ value: JSONValue, _ schema: JSONObject) throws(SchemaViolation) {
        if let branches = schema["anyOf"]?.array { try checkAny(value, branches) }
        if let branches = schema["oneOf"]?.array { try checkOne(value, branches) }
    }

    /// Reports the error of the only branch that fits the value's type, where there is one: the others are not meant.
    private static func checkAny(_ value: JSONValue, _ branches: [JSONValue]) throws(SchemaViolation) {
        var errors: [SchemaViolation] = []
        var meant: [SchemaViolation] = []
        for branch in branches {
            do {
                try check(value, branch)
                return
            } catch {
                errors.append(error)
                let types = names(of: branch["type"])
                if types.isEmpty || types.contains(where: { isType(value, $0) }) { meant.append(error) }
            }
        }
        if meant.count == 1 { throw meant[0] }
        let texts = errors.filter(\.path.isEmpty).map(\.message)
        throw SchemaViolation(
            message: texts.isEmpty ? "nothing that is allowed here" : texts.joined(separator: "; or "))
    }

    private static func checkOne(_ value: JSONValue, _ branches: [JSONValue]) throws(SchemaViolation) {
        var count = 0
        var first: SchemaViolation?
        for branch in branches {
            do {
                try check(value, branch)
                count += 1
            } catch {
                first = first ?? error
            }
        }
        guard count != 1 else { return }
        let required = branches.flatMap { names(of: $0["required"]) }
        if required.count == branches.count {
            let names = required.map { "`\($0)`" }.joined(separator: ", ")
            throw SchemaViolation(message: "needs exactly one of \(names)")
        }
        if let first, count == 0 { throw first }
        throw SchemaViolation(message: "fits more than one of the forms that are allowed here")
    }
}
