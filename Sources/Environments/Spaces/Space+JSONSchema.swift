import JSON

extension Space {
    /// A schema (JSON Schema 2020-12) of the JSON form of the values.
    ///
    /// Where the elements of a tensor differ in their bounds, the schema has the least lower and the greatest upper
    /// one.
    public var jsonSchema: JSONValue {
        var schema = definition
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        return schema
    }

    private var definition: JSONValue {
        switch self {
        case .box(let box): return box.schema
        case .multiDiscrete(let space): return space.box.schema
        case .multiBinary(let space): return space.box.schema
        case .discrete(let space):
            return ["type": "integer", "minimum": .integer(space.start), "maximum": .integer(space.last)]
        case .text(let space): return space.schema
        case .dict(let space):
            return [
                "type": "object",
                "properties": .object(JSONObject(space.members.map { ($0.key, $0.space.definition) })),
                "required": .array(space.members.map { .string($0.key) }), "additionalProperties": false,
            ]
        case .tuple(let spaces): return Space.arraySchema(of: spaces.map(\.definition))
        case .sequence(let space, _): return ["type": "array", "items": space.definition]
        case .oneOf(let spaces):
            return [
                "oneOf": .array(
                    spaces.enumerated().map { index, space in
                        Space.arraySchema(of: [["const": .integer(Int64(index))], space.definition])
                    })
            ]
        }
    }

    private static func arraySchema(of items: [JSONValue]) -> JSONValue {
        let count = JSONValue.integer(Int64(items.count))
        guard !items.isEmpty else { return ["type": "array", "maxItems": 0] }
        return ["type": "array", "prefixItems": .array(items), "items": false, "minItems": count, "maxItems": count]
    }
}

extension Space.Box {
    fileprivate var schema: JSONValue {
        shape.reversed().reduce(elementSchema) { items, length in
            ["type": "array", "items": items, "minItems": .integer(Int64(length)), "maxItems": .integer(Int64(length))]
        }
    }

    private var elementSchema: JSONValue {
        if dtype == .bool { return ["enum": [false, true, 0, 1]] }
        var number: JSONValue = ["type": dtype.isFloat ? "number" : "integer"]
        let lowest = low.extreme(<)
        let highest = high.extreme(>)
        if let lowest, lowest.double.isFinite { number["minimum"] = lowest.json }
        if let highest, highest.double.isFinite { number["maximum"] = highest.json }
        var names: [JSONValue] = []
        if lowest?.double == -.infinity { names.append("-Infinity") }
        if highest?.double == .infinity { names.append("Infinity") }
        if names.count == 2 { names.append("NaN") }
        return names.isEmpty ? number : ["anyOf": [number, ["enum": .array(names)]]]
    }
}

extension Space.Text {
    fileprivate var schema: JSONValue {
        var schema: JSONValue = ["type": "string", "minLength": .integer(Int64(minimum))]
        if let maximum { schema["maxLength"] = .integer(Int64(maximum)) }
        if let charset {
            let special = Set("\\^$.|?*+()[]{}-/".unicodeScalars)
            var pattern = "^["
            for scalar in charset.unicodeScalars {
                if special.contains(scalar) { pattern += "\\" }
                pattern.unicodeScalars.append(scalar)
            }
            schema["pattern"] = .string(charset.isEmpty ? "^$" : pattern + "]*$")
        }
        return schema
    }
}

extension Tensor {
    fileprivate func extreme(_ precedes: (Double, Double) -> Bool) -> JSONNumber? {
        (0..<count).map { number(at: $0) }.min { precedes($0.double, $1.double) }
    }
}

extension JSONNumber {
    fileprivate var json: JSONValue { if case .integer(let value) = self { .integer(value) } else { .number(double) } }
}
