import JSON

extension Value {
    /// Reads canonical bytes that this process made; traps on others.
    public init(canonical bytes: [UInt8]) {
        var reading = CanonicalReading(bytes: bytes)
        self = reading.value()
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
    let bytes: [UInt8]
    var place = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func value() -> Value {
        switch CanonicalTag(rawValue: number(UInt8.self)) {
        case .tensor: return .tensor(tensor())
        case .leaf:
            let text = Array(take(Int(number(UInt64.self))))
            do throws(JSONError) {
                return .json(try JSONValue(parsing: text))
            } catch { preconditionFailure("canonical bytes hold no JSON") }
        case .dict:
            return .dict(
                (0..<number(UInt32.self)).map { _ in
                    let key = String(decoding: take(Int(number(UInt32.self))), as: UTF8.self)
                    return (key, value())
                })
        case .list: return .list((0..<number(UInt32.self)).map { _ in value() })
        case nil: preconditionFailure("no canonical bytes")
        }
    }

    private mutating func tensor() -> Tensor {
        let name = String(decoding: take(Int(number(UInt8.self))), as: UTF8.self)
        guard let dtype = DType(rawValue: name) else { preconditionFailure("canonical bytes without a dtype") }
        let shape = (0..<number(UInt32.self)).map { _ in Int(number(UInt64.self)) }
        return Tensor(unchecked: dtype, shape, Array(take(shape.reduce(dtype.size, *))))
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
        defer { place += count }
        return bytes[place..<place + count]
    }

    private mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) -> Number {
        take(MemoryLayout<Number>.size).withUnsafeBytes { $0.loadUnaligned(as: Number.self) }
    }
}
