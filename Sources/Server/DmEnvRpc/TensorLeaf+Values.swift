import Foundations
import JSON
import Protos
import Spaces

extension TensorLeaf {
    /// The tensor of a part of an observation.
    func tensor(of value: Value) throws(Failure) -> V1.Tensor {
        switch (kind, value) {
        case (.array, .tensor(let tensor)): return try V1.Tensor(tensor)
        case (.discrete, let value):
            guard let integer = value.json.integer else { throw unexpected }
            return V1.Tensor(integer)
        case (.text, .json(let value)):
            guard let text = value.string else { throw unexpected }
            return V1.Tensor(text)
        case (.sequence(let box), .list(let values)):
            var bytes: [UInt8] = []
            for value in values {
                switch value {
                case .tensor(let tensor): bytes += tensor.bytes
                case .json(let value):
                    guard let integer = value.integer else { throw unexpected }
                    bytes += withUnsafeBytes(of: integer.littleEndian) { Array($0) }
                default: throw unexpected
                }
            }
            return try V1.Tensor(try Tensor(dtype: box.dtype, shape: [values.count] + box.shape, bytes: bytes))
        case (.json, let value): return V1.Tensor(String(decoding: value.json.encoded(), as: UTF8.self))
        default: throw unexpected
        }
    }

    private var unexpected: Failure { Failure(.internal, "the observation \"\(name)\" is not of its space") }

    /// The part of an action that a tensor says.
    ///
    /// - Throws: `invalid_argument` where it has another type or shape than the spec, `malformed_json`.
    func value(of tensor: V1.Tensor) throws(Failure) -> JSONValue {
        guard let given = tensor.payload.flatMap(DataKind.init), given == dataKind else {
            throw Failure(
                .invalidArgument, "the tensor \"\(name)\" has elements of another type than \(dataKind)",
                details: ["tensor": name])
        }
        let json = try tensor.json(expected: shape, name: name)
        switch kind {
        case .json:
            do throws(JSONError) { return try JSONValue(parsing: Array((json.string ?? "").utf8)) } catch {
                throw error.failure
            }
        default: return json
        }
    }
}

extension Space {
    /// What an agent does that says nothing: 0 everywhere, or what is nearest to it.
    var restingValue: JSONValue {
        switch self {
        case .discrete(let space): return .integer(min(max(0, space.start), space.last))
        case .text(let space): return .string(String(repeating: space.charset?.first ?? " ", count: space.minimum))
        case .sequence: return .array([])
        case .oneOf(let spaces): return .array([.integer(0), spaces.first?.restingValue ?? .null])
        case .dict(let dict): return .object(JSONObject(dict.members.map { ($0.key, $0.space.restingValue) }))
        case .tuple(let spaces): return .array(spaces.map(\.restingValue))
        case .box, .multiDiscrete, .multiBinary:
            guard let box = tensorBox else { return .null }
            return box.rest(box.shape[...], low: box.low.json, high: box.high.json)
        }
    }
}

extension Space.Box {
    fileprivate func rest(_ shape: ArraySlice<Int>, low: JSONValue, high: JSONValue) -> JSONValue {
        guard let length = shape.first else {
            if dtype == .bool { return .integer(low.number > 0 ? 1 : 0) }
            if dtype.isInteger { return .integer(max(min(0, high.integer ?? 0), low.integer ?? 0)) }
            return .number(min(max(0, low.number), high.number))
        }
        func part(_ bound: JSONValue, _ place: Int) -> JSONValue {
            if case .array(let values) = bound, values.indices.contains(place) { return values[place] }
            return bound
        }
        return .array((0..<length).map { rest(shape.dropFirst(), low: part(low, $0), high: part(high, $0)) })
    }
}

extension JSONValue {
    fileprivate var number: Double {
        switch self {
        case .bool(let flag): flag ? 1 : 0
        case .string(let text): text == "Infinity" ? .infinity : text == "-Infinity" ? -.infinity : 0
        default: double ?? 0
        }
    }
}
