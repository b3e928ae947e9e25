import JSON

/// Why an element cannot be read.
enum ElementFault: Error {
    case json(JSONError)
    /// What is wrong with the value.
    case wrong(String)
}

/// A type of elements with its JSON form and its bounds, which are of the type itself: rounding comes before comparing.
protocol TensorElement: BitwiseCopyable, Sendable {
    /// Reads one element.
    static func read(_ reader: inout JSONReader) throws(ElementFault) -> Self
    /// The element nearest to an element of a tensor of another type, by the same rules as for JSON.
    static func convert(_ number: JSONNumber) throws(ElementFault) -> Self
    func appendJSON(to bytes: inout [UInt8])
    var number: JSONNumber { get }
    /// The shortest text that tells the element from its neighbours, for messages.
    var text: String { get }
    static var lowest: Self { get }
    static var highest: Self { get }
    func isWithin(_ low: Self, _ high: Self) -> Bool
    func isBelow(_ other: Self) -> Bool
    var isNaN: Bool { get }
    /// The one NaN that canonical bytes have.
    static var canonicalNaN: Self { get }
    /// An element from `low` through `high`, the same for the same random numbers.
    static func sample(_ low: Self, _ high: Self, using generator: inout some RandomNumberGenerator) -> Self
}

extension JSONReader {
    /// What `read` returns, its errors as faults of an element.
    mutating func kind() throws(ElementFault) -> JSONKind {
        do throws(JSONError) { return try peekKind() } catch { throw .json(error) }
    }

    /// Nil where the next value is no number.
    @inline(__always)
    mutating func number() throws(ElementFault) -> JSONNumber? {
        do throws(JSONError) { return try readNumberIfNext() } catch { throw .json(error) }
    }

    mutating func hasNext() throws(ElementFault) -> Bool {
        do throws(JSONError) { return try nextElement() } catch { throw .json(error) }
    }
}

extension TensorElement where Self: FixedWidthInteger & TensorNumber {
    @inline(__always)
    static func read(_ reader: inout JSONReader) throws(ElementFault) -> Self {
        guard let number = try reader.number() else {
            throw .wrong("a whole number is needed, not \(try reader.kind().words)")
        }
        return try convert(number)
    }

    @inline(__always)
    static func convert(_ number: JSONNumber) throws(ElementFault) -> Self {
        if let value = number.exactly(Self.self) { return value }
        let isWhole = number.double.rounded() == number.double
        throw .wrong(isWhole ? "\(number) does not fit \(dtype)" : "\(number) is no whole number")
    }

    func appendJSON(to bytes: inout [UInt8]) { appendDecimal(self, to: &bytes) }

    var number: JSONNumber { Int64(exactly: self).map { .integer($0) } ?? .unsigned(UInt64(self)) }
    var text: String { description }

    static var lowest: Self { min }
    static var highest: Self { max }
    func isWithin(_ low: Self, _ high: Self) -> Bool { self >= low && self <= high }
    func isBelow(_ other: Self) -> Bool { self < other }
    var isNaN: Bool { false }
    static var canonicalNaN: Self { 0 }
}

extension TensorElement where Self: BinaryFloatingPoint & LosslessStringConvertible & TensorNumber {
    @inline(__always)
    static func read(_ reader: inout JSONReader) throws(ElementFault) -> Self {
        if let number = try reader.number() { return try convert(number) }
        switch try reader.kind() {
        case .string:
            let text: String
            do throws(JSONError) { text = try reader.readString() } catch { throw .json(error) }
            switch text {
            case "NaN": return .nan
            case "Infinity": return .infinity
            case "-Infinity": return -.infinity
            default: throw .wrong("a number is needed, not the string \"\(text.prefix(40))\"")
            }
        case let kind: throw .wrong("a number is needed, not \(kind.words)")
        }
    }

    @inline(__always)
    static func convert(_ number: JSONNumber) throws(ElementFault) -> Self {
        let exact = number.double
        let value = Self(exact)
        guard value.isFinite || !exact.isFinite else { throw .wrong("\(number) does not fit \(dtype)") }
        return value
    }

    func appendJSON(to bytes: inout [UInt8]) { appendDouble(Double(self), to: &bytes) }

    var number: JSONNumber { .double(Double(self)) }
    var text: String { isNaN ? "NaN" : isInfinite ? (self > 0 ? "Infinity" : "-Infinity") : description }

    static var lowest: Self { -.infinity }
    static var highest: Self { .infinity }
    /// NaN is within bounds that are both infinite.
    func isWithin(_ low: Self, _ high: Self) -> Bool {
        (self >= low && self <= high) || (isNaN && low == -.infinity && high == .infinity)
    }
    func isBelow(_ other: Self) -> Bool { self < other }
    static var canonicalNaN: Self { .nan }
}

extension JSONKind {
    var words: String {
        switch self {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number: "a number"
        case .bool: "a boolean"
        case .null: "null"
        }
    }
}
