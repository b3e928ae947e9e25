/// How a type of fields looks on the wire.
public protocol ProtobufKind {
    associatedtype Value: Sendable, Equatable
    static var wire: ProtobufReader.WireType { get }
    static var initial: Value { get }
    /// Whether a field without presence is left out.
    static func isInitial(_ value: Value) -> Bool
    static func read(_ reader: inout ProtobufReader) throws(ProtobufError) -> Value
    static func write(_ value: Value, to writer: inout ProtobufWriter)
}

/// A kind whose repeated fields may stand in one piece.
public protocol ProtobufPackable: ProtobufKind {}

/// Integers as varints, negative ones with all ten bytes.
public protocol ProtobufVarint: ProtobufPackable where Value: FixedWidthInteger {}

extension ProtobufVarint {
    public static var wire: ProtobufReader.WireType { .varint }
    public static var initial: Value { 0 }
    @inline(__always) public static func isInitial(_ value: Value) -> Bool { value == 0 }
    @inline(__always) public static func read(_ reader: inout ProtobufReader) throws(ProtobufError) -> Value {
        Value(truncatingIfNeeded: try reader.varint())
    }
    @inline(__always) public static func write(_ value: Value, to writer: inout ProtobufWriter) {
        writer.varint(UInt64(truncatingIfNeeded: value))
    }
}

public enum ProtobufInt32: ProtobufVarint { public typealias Value = Int32 }
public enum ProtobufInt64: ProtobufVarint { public typealias Value = Int64 }
public enum ProtobufUInt32: ProtobufVarint { public typealias Value = UInt32 }
public enum ProtobufUInt64: ProtobufVarint { public typealias Value = UInt64 }

/// Integers with the sign in the lowest bit.
public protocol ProtobufZigZag: ProtobufPackable where Value: FixedWidthInteger {}

extension ProtobufZigZag {
    public static var wire: ProtobufReader.WireType { .varint }
    public static var initial: Value { 0 }
    public static func isInitial(_ value: Value) -> Bool { value == 0 }
    public static func read(_ reader: inout ProtobufReader) throws(ProtobufError) -> Value {
        var number = try reader.varint()
        if Value.bitWidth == 32 { number = UInt64(UInt32(truncatingIfNeeded: number)) }
        return Value(truncatingIfNeeded: number >> 1) ^ (0 &- Value(truncatingIfNeeded: number & 1))
    }
    public static func write(_ value: Value, to writer: inout ProtobufWriter) {
        let wide = Int64(value)
        writer.varint(UInt64(bitPattern: (wide << 1) ^ (wide >> 63)))
    }
}

public enum ProtobufSInt32: ProtobufZigZag { public typealias Value = Int32 }
public enum ProtobufSInt64: ProtobufZigZag { public typealias Value = Int64 }

/// Integers of a fixed width.
public protocol ProtobufFixed: ProtobufPackable where Value: FixedWidthInteger {}

extension ProtobufFixed {
    public static var wire: ProtobufReader.WireType { Value.bitWidth == 32 ? .fixed32 : .fixed64 }
    public static var initial: Value { 0 }
    public static func isInitial(_ value: Value) -> Bool { value == 0 }
    public static func read(_ reader: inout ProtobufReader) throws(ProtobufError) -> Value { try reader.fixed() }
    public static func write(_ value: Value, to writer: inout ProtobufWriter) { writer.fixed(value) }
}

public enum ProtobufFixed32: ProtobufFixed { public typealias Value = UInt32 }
public enum ProtobufFixed64: ProtobufFixed { public typealias Value = UInt64 }
public enum ProtobufSFixed32: ProtobufFixed { public typealias Value = Int32 }
public enum ProtobufSFixed64: ProtobufFixed { public typealias Value = Int64 }

public enum ProtobufFloat: ProtobufPackable {
    public static var wire: ProtobufReader.WireType { .fixed32 }
    public static var initial: Float { 0 }
    /// Minus zero is not the initial value.
    @inline(__always) public static func isInitial(_ value: Float) -> Bool { value.bitPattern == 0 }
    @inline(__always) public static func read(_ reader: inout ProtobufReader) throws(ProtobufError) -> Float {
        Float(bitPattern: try reader.fixed())
    }
    @inline(__always) public static func write(_ value: Float, to writer: inout ProtobufWriter) {
        writer.fixed(value.bitPattern)
    }
}

public enum ProtobufDouble: ProtobufPackable {
    public static var wire: ProtobufReader.WireType { .fixed64 }
    public static var initial: Double { 0 }
    @inline(__always) public static func isInitial(_ value: Double) -> Bool { value.bitPattern == 0 }
    @inline(__always) public static func read(_ reader: inout ProtobufReader) throws(ProtobufError) -> Double {
        Double(bitPattern: try reader.fixed())
    }
    @inline(__always) public static func write(_ value: Double, to writer: inout ProtobufWriter) {
        writer.fixed(value.bitPattern)
    }
}

public enum ProtobufBool: ProtobufPackable {
    public static var wire: ProtobufReader.WireType { .varint }
    public static var initial: Bool { false }
    @inline(__always) public static func isInitial(_ value: Bool) -> Bool { !value }
    @inline(__always) public static func read(_ reader: inout ProtobufReader) throws(ProtobufError) -> Bool {
        try reader.varint() != 0
    }
    @inline(__always) public static func write(_ value: Bool, to writer: inout ProtobufWriter) {
        writer.varint(value ? 1 : 0)
    }
}

/// An enumeration: its numbers are open, so that a value that this build does not know survives.
public protocol ProtobufEnum: Sendable, Equatable {
    init(rawValue: Int32)
    var rawValue: Int32 { get }
}

public enum ProtobufEnumKind<Value: ProtobufEnum>: ProtobufPackable {
    public static var wire: ProtobufReader.WireType { .varint }
    public static var initial: Value { Value(rawValue: 0) }
    public static func isInitial(_ value: Value) -> Bool { value.rawValue == 0 }
    public static func read(_ reader: inout ProtobufReader) throws(ProtobufError) -> Value {
        Value(rawValue: Int32(truncatingIfNeeded: try reader.varint()))
    }
    public static func write(_ value: Value, to writer: inout ProtobufWriter) {
        writer.varint(UInt64(truncatingIfNeeded: value.rawValue))
    }
}

public enum ProtobufString: ProtobufKind {
    public static var wire: ProtobufReader.WireType { .bytes }
    public static var initial: String { "" }
    @inline(__always) public static func isInitial(_ value: String) -> Bool { value.isEmpty }
    public static func read(_ reader: inout ProtobufReader) throws(ProtobufError) -> String {
        let start = reader.position
        let content = try reader.lengthDelimited()
        guard let text = String(validating: content.bindMemory(to: UInt8.self), as: UTF8.self) else {
            throw reader.error(.invalidUTF8, at: start)
        }
        return text
    }
    public static func write(_ value: String, to writer: inout ProtobufWriter) {
        writer.varint(UInt64(value.utf8.count))
        writer.raw(value.utf8)
    }
}

public enum ProtobufBytes: ProtobufKind {
    public static var wire: ProtobufReader.WireType { .bytes }
    public static var initial: [UInt8] { [] }
    @inline(__always) public static func isInitial(_ value: [UInt8]) -> Bool { value.isEmpty }
    public static func read(_ reader: inout ProtobufReader) throws(ProtobufError) -> [UInt8] {
        Array(try reader.lengthDelimited())
    }
    public static func write(_ value: [UInt8], to writer: inout ProtobufWriter) {
        writer.varint(UInt64(value.count))
        writer.raw(value)
    }
}

public enum ProtobufMessageKind<Value: ProtobufMessage>: ProtobufKind {
    public static var wire: ProtobufReader.WireType { .bytes }
    public static var initial: Value { Value() }
    /// A message has presence.
    public static func isInitial(_ value: Value) -> Bool { false }
    public static func read(_ reader: inout ProtobufReader) throws(ProtobufError) -> Value {
        var value = Value()
        try reader.message(into: &value)
        return value
    }
    public static func write(_ value: Value, to writer: inout ProtobufWriter) {
        writer.delimited { value.write(to: &$0) }
    }
}
