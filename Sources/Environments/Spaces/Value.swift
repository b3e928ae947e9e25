import JSON

/// A value of a space with its arrays as tensors.
public indirect enum Value: Sendable, Equatable {
    /// Of a Box, MultiDiscrete or MultiBinary.
    case tensor(Tensor)
    /// Of a Discrete (an integer) or a Text (a string); anything that has no space.
    case json(JSONValue)
    /// Of a Dict. Traps on use where a key stands twice.
    case dict([(String, Value)])
    /// Of a Tuple, a Sequence, or a OneOf (index and value).
    case list([Value])

    public static func == (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.tensor(let left), .tensor(let right)): left == right
        case (.json(let left), .json(let right)): left == right
        case (.dict(let left), .dict(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.0 == $1.0 && $0.1 == $1.1 }
        case (.list(let left), .list(let right)): left == right
        default: false
        }
    }

    /// The value with its tensors as nested arrays.
    public var json: JSONValue {
        switch self {
        case .tensor(let tensor): tensor.json
        case .json(let value): value
        case .dict(let members): .object(JSONObject(members.map { ($0.0, $0.1.json) }))
        case .list(let values): .array(values.map(\.json))
        }
    }

    /// Writes the value as JSON, its tensors as nested arrays.
    public func write(to writer: inout JSONWriter) {
        write(to: &writer) { tensor, writer in writer.raw { tensor.appendJSON(to: &$0) } }
    }

    /// Writes the value as JSON, each tensor by `writeTensor`.
    func write(to writer: inout JSONWriter, _ writeTensor: (Tensor, inout JSONWriter) -> Void) {
        switch self {
        case .tensor(let tensor): writeTensor(tensor, &writer)
        case .json(let value): writer.value(value)
        case .dict(let members):
            writer.beginObject()
            for (key, value) in members {
                writer.key(key)
                value.write(to: &writer, writeTensor)
            }
            writer.endObject()
        case .list(let values):
            writer.beginArray()
            for value in values { value.write(to: &writer, writeTensor) }
            writer.endArray()
        }
    }
}

extension Space {
    /// Reads one value of the space, checked, with its arrays as tensors of the space's dtypes and the keys of a Dict
    /// in the order of their bytes. The parameters are those of `scan`.
    public func value(
        from reader: inout JSONReader, tensors: [String: Tensor] = [:], pointer: String = ""
    ) throws(ScanError) -> Value {
        var canonical: [UInt8]? = []
        try scan(&reader, tensors: tensors, pointer: pointer, canonical: &canonical)
        return Value(canonical: canonical ?? [])
    }

    /// Reads a JSON text that is one value of the space.
    public func value(
        of json: [UInt8], tensors: [String: Tensor] = [:], pointer: String = "", limits: JSONLimits = JSONLimits()
    ) throws(ScanError) -> Value {
        Value(canonical: try canonicalBytes(of: json, tensors: tensors, pointer: pointer, limits: limits))
    }
}
