import Foundations
import JSON

extension Value {
    /// Reads canonical bytes that this process made; traps on others.
    public init(canonical bytes: [UInt8]) {
        var reading = CanonicalReading(bytes[...])
        do throws(Failure) { self = try reading.value() } catch { preconditionFailure("no canonical bytes: \(error)") }
    }

    /// Reads one value at the beginning of bytes that anyone may have made.
    ///
    /// - Parameter bytes: What is behind the value is left in it.
    /// - Throws: `invalid_argument` where they are not of the form of `CanonicalTag`.
    public init(canonicalPrefix bytes: inout ArraySlice<UInt8>) throws(Failure) {
        var reading = CanonicalReading(bytes)
        self = try reading.value()
        bytes = bytes[reading.place...]
    }
}

extension Value {
    /// The canonical bytes of a value without a space: a Dict's keys by their bytes, other JSON by RFC 8785.
    public var canonical: [UInt8] {
        var bytes: [UInt8] = []
        appendCanonical(to: &bytes)
        return bytes
    }

    private func appendCanonical(to bytes: inout [UInt8]) {
        switch self {
        case .tensor(let tensor):
            CanonicalTag.appendTensorHead(tensor.dtype, tensor.shape, to: &bytes)
            bytes.append(contentsOf: tensor.bytes)
        case .json(let value): CanonicalTag.appendLeaf(to: &bytes) { $0.append(contentsOf: value.canonical) }
        case .dict(let members):
            CanonicalTag.appendHead(.dict, count: members.count, to: &bytes)
            for (key, value) in members.sorted(by: { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }) {
                CanonicalTag.appendKey(key, to: &bytes)
                value.appendCanonical(to: &bytes)
            }
        case .list(let values):
            CanonicalTag.appendHead(.list, count: values.count, to: &bytes)
            for value in values { value.appendCanonical(to: &bytes) }
        }
    }
}

private struct CanonicalReading {
    let bytes: ArraySlice<UInt8>
    var place: Int
    private var depth = 0

    /// Of arrays and objects; no space that a session has is deeper.
    private static let deepest = 512

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        place = bytes.startIndex
    }

    mutating func value() throws(Failure) -> Value {
        guard depth < Self.deepest else { throw Self.malformed("nested too deeply") }
        depth += 1
        defer { depth -= 1 }
        switch CanonicalTag(rawValue: try number(UInt8.self)) {
        case .tensor: return .tensor(try tensor())
        case .leaf: return .json(try leaf())
        case .dict:
            var members: [(String, Value)] = []
            for _ in 0..<(try number(UInt32.self)) {
                let key = String(decoding: try take(try number(UInt32.self)), as: UTF8.self)
                members.append((key, try value()))
            }
            guard Set(members.map { Array($0.0.utf8) }).count == members.count else {
                throw Self.malformed("a key stands twice")
            }
            return .dict(members)
        case .list:
            var values: [Value] = []
            for _ in 0..<(try number(UInt32.self)) { values.append(try value()) }
            return .list(values)
        case nil: throw Self.malformed("no value begins at byte \(place - 1)")
        }
    }

    private mutating func leaf() throws(Failure) -> JSONValue {
        let text = Array(try take(try number(UInt64.self)))
        do throws(JSONError) {
            return try JSONValue(parsing: text, limits: JSONLimits(depth: Self.deepest))
        } catch { throw Self.malformed("a leaf is no JSON") }
    }

    private mutating func tensor() throws(Failure) -> Tensor {
        let name = String(decoding: try take(try number(UInt8.self)), as: UTF8.self)
        guard let dtype = DType(rawValue: name) else { throw Self.malformed("a tensor has no dtype") }
        let axes = try number(UInt32.self)
        guard axes <= 64 else { throw Self.malformed("a tensor has \(axes) axes") }
        var shape: [Int] = []
        for _ in 0..<axes {
            guard let axis = Int(exactly: try number(UInt64.self)) else { throw Self.malformed("an axis is too long") }
            shape.append(axis)
        }
        let count = try Tensor.byteCount(dtype: dtype, shape: shape, limits: TensorLimits(bytes: .max, axes: 64))
        return Tensor(unchecked: dtype, shape, Array(try take(count)))
    }

    private mutating func take(_ count: some FixedWidthInteger) throws(Failure) -> ArraySlice<UInt8> {
        guard let count = Int(exactly: count), count <= bytes.endIndex - place else {
            throw Self.malformed("they end too early")
        }
        defer { place += count }
        return bytes[place..<place + count]
    }

    private mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type
    ) throws(Failure) -> Number {
        try take(MemoryLayout<Number>.size).withUnsafeBytes { $0.loadUnaligned(as: Number.self) }
    }

    private static func malformed(_ what: String) -> Failure {
        Failure(.invalidArgument, "the canonical bytes of a value are malformed: \(what)")
    }
}
