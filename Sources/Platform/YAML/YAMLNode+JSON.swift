import Foundations
import JSON

extension YAMLNode {
    /// The same as JSON. The infinities and not-a-number become the strings `"Infinity"`, `"-Infinity"` and `"NaN"`.
    ///
    /// - Throws: `invalidArgument` with the place of an integer that does not fit 64 bits.
    public func json() throws(Failure) -> JSONValue {
        switch content {
        case .scalar(let scalar): return try json(scalar)
        case .sequence(let items):
            var elements: [JSONValue] = []
            for item in items { elements.append(try item.json()) }
            return .array(elements)
        case .mapping(let pairs):
            var object = JSONObject()
            for pair in pairs { object.append(pair.key, try pair.value.json()) }
            return .object(object)
        }
    }

    private func json(_ scalar: YAMLScalar) throws(Failure) -> JSONValue {
        switch scalar.value {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .integer(let value): return .integer(value)
        case .number(let value) where value.isFinite: return .number(value)
        case .number(let value): return .string(value.isNaN ? "NaN" : value > 0 ? "Infinity" : "-Infinity")
        case .string(let text): return .string(text)
        case nil:
            throw mark.failure(
                "`\(scalar.text)` does not fit 64 bits", next: "quote it, if it is meant as text")
        }
    }
}
