import JSON

extension Int8: TensorNumber, TensorElement { public static var dtype: DType { .int8 } }
extension Int16: TensorNumber, TensorElement { public static var dtype: DType { .int16 } }
extension Int32: TensorNumber, TensorElement { public static var dtype: DType { .int32 } }
extension Int64: TensorNumber, TensorElement { public static var dtype: DType { .int64 } }
extension UInt8: TensorNumber, TensorElement { public static var dtype: DType { .uint8 } }
extension UInt16: TensorNumber, TensorElement { public static var dtype: DType { .uint16 } }
extension UInt32: TensorNumber, TensorElement { public static var dtype: DType { .uint32 } }
extension UInt64: TensorNumber, TensorElement { public static var dtype: DType { .uint64 } }
extension Float16: TensorNumber, TensorElement { public static var dtype: DType { .float16 } }
extension Float: TensorNumber, TensorElement { public static var dtype: DType { .float32 } }
extension Double: TensorNumber, TensorElement { public static var dtype: DType { .float64 } }

/// A `bool`: one byte, 0 or 1; in JSON `true`, `false`, 0 or 1.
struct Flag: TensorElement {
    let byte: UInt8

    static var lowest: Flag { Flag(byte: 0) }
    static var highest: Flag { Flag(byte: 1) }
    static var canonicalNaN: Flag { lowest }

    static func read(_ reader: inout JSONReader) throws(ElementFault) -> Flag {
        if let number = try reader.number() { return try convert(number) }
        switch try reader.kind() {
        case .bool:
            do throws(JSONError) { return Flag(byte: try reader.readBool() ? 1 : 0) } catch { throw .json(error) }
        case let kind: throw .wrong("true or false is needed, not \(kind.words)")
        }
    }

    static func convert(_ number: JSONNumber) throws(ElementFault) -> Flag {
        guard let byte = number.exactly(UInt8.self), byte <= 1 else {
            throw .wrong("true or false is needed, not \(number)")
        }
        return Flag(byte: byte)
    }

    static func sample(_ low: Flag, _ high: Flag, using generator: inout some RandomNumberGenerator) -> Flag {
        Flag(byte: .sample(low.byte, high.byte, using: &generator))
    }

    func isWithin(_ low: Flag, _ high: Flag) -> Bool { byte >= low.byte && byte <= high.byte }
    func isBelow(_ other: Flag) -> Bool { byte < other.byte }
    var isNaN: Bool { false }
    var number: JSONNumber { .integer(Int64(byte)) }
    var text: String { byte == 0 ? "false" : "true" }
    func appendJSON(to bytes: inout [UInt8]) { bytes.append(contentsOf: text.utf8) }
}

/// A complex number; in JSON `[real, imaginary]`.
struct Complex<Part: TensorElement & BinaryFloatingPoint>: TensorElement {
    let real: Part
    let imaginary: Part

    static func read(_ reader: inout JSONReader) throws(ElementFault) -> Self {
        let form = ElementFault.wrong("a complex number is needed: an array of its real and its imaginary part")
        guard try reader.kind() == .array else { throw form }
        do throws(JSONError) { try reader.beginArray() } catch { throw .json(error) }
        guard try reader.hasNext() else { throw form }
        let real = try Part.read(&reader)
        guard try reader.hasNext() else { throw form }
        let imaginary = try Part.read(&reader)
        guard try !reader.hasNext() else { throw form }
        return Self(real: real, imaginary: imaginary)
    }

    static func sample(_ low: Self, _ high: Self, using generator: inout some RandomNumberGenerator) -> Self {
        let real = Part.sample(low.real, high.real, using: &generator)
        return Self(real: real, imaginary: .sample(low.imaginary, high.imaginary, using: &generator))
    }

    static func convert(_ number: JSONNumber) throws(ElementFault) -> Self {
        Self(real: try Part.convert(number), imaginary: 0)
    }

    /// The real part, as complex numbers have no order and no space has them.
    var number: JSONNumber { real.number }
    static var lowest: Self { Self(real: .lowest, imaginary: .lowest) }
    static var highest: Self { Self(real: .highest, imaginary: .highest) }
    static var canonicalNaN: Self { Self(real: .canonicalNaN, imaginary: .canonicalNaN) }
    func isWithin(_ low: Self, _ high: Self) -> Bool { true }
    func isBelow(_ other: Self) -> Bool { false }
    var isNaN: Bool { false }
    var text: String { "[\(real.text),\(imaginary.text)]" }

    func appendJSON(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "["))
        real.appendJSON(to: &bytes)
        bytes.append(UInt8(ascii: ","))
        imaginary.appendJSON(to: &bytes)
        bytes.append(UInt8(ascii: "]"))
    }
}
