import Foundations

/// Writes the record of a row: values one after the other, little-endian and without gaps.
struct RecordWriter {
    private var place: UnsafeMutableRawPointer

    init(_ place: UnsafeMutableRawPointer) { self.place = place }

    mutating func put<Value: BitwiseCopyable>(_ value: Value) {
        place.storeBytes(of: value, as: Value.self)
        place += MemoryLayout<Value>.size
    }
}

/// Reads what `RecordWriter` wrote.
struct RecordReader {
    private var place: UnsafeRawPointer

    init(_ place: UnsafeRawPointer) { self.place = place }

    mutating func take<Value: BitwiseCopyable>(_ type: Value.Type = Value.self) -> Value {
        defer { place += MemoryLayout<Value>.size }
        return place.loadUnaligned(as: Value.self)
    }

    /// - Throws: `invalidArgument` for an infinite number or none.
    mutating func takeFinite(_ name: String) throws(Failure) -> Double {
        let value = take(Double.self)
        guard value.isFinite else { throw Self.failure("\(name) \(value)") }
        return value
    }

    /// - Throws: `invalidArgument` for an integer out of the range.
    mutating func take<Value: FixedWidthInteger & BitwiseCopyable>(
        _ name: String, in range: Range<Value>
    ) throws(Failure) -> Value {
        let value = take(Value.self)
        guard range.contains(value) else { throw Self.failure("\(name) \(value)") }
        return value
    }

    /// A byte that is 0 or 1.
    mutating func takeFlag(_ name: String) throws(Failure) -> Bool { try take(name, in: 0..<2 as Range<UInt8>) == 1 }

    private static func failure(_ what: String) -> Failure {
        Failure(
            .invalidArgument, "a record of a row has \(what), which no row can have",
            next: "give a record that was read from the same environment")
    }
}
