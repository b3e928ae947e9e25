import JSON

extension Value {
    /// Reads canonical bytes that this process made; traps on others.
    init(canonical bytes: [UInt8]) {
        var reading = CanonicalReading(bytes: bytes)
        self = reading.value()
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
