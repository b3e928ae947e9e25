/// What is wrong with bytes that should be a trajectory.
struct Damage: Error {
    let text: String

    init(_ text: String) { self.text = text }
}

/// Reads numbers and pieces of bytes that anyone may have written.
struct ByteInput {
    let bytes: ArraySlice<UInt8>
    private(set) var place: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        place = bytes.startIndex
    }

    var rest: Int { bytes.endIndex - place }

    mutating func take(_ count: Int) throws(Damage) -> ArraySlice<UInt8> {
        guard count >= 0, count <= rest else { throw Damage("\(count) bytes are wanted where \(rest) are left") }
        defer { place += count }
        return bytes[place..<place + count]
    }

    /// Little-endian.
    mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type = Number.self
    ) throws(Damage) -> Number {
        let piece = try take(MemoryLayout<Number>.size)
        return Number(littleEndian: piece.withUnsafeBytes { $0.loadUnaligned(as: Number.self) })
    }

    /// A little-endian number that has to be a count of something here.
    mutating func count<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) throws(Damage) -> Int {
        let number = try number(type)
        guard let count = Int(exactly: number), count >= 0 else { throw Damage("\(number) is no count") }
        return count
    }

    /// Seven bits a byte, the lowest first.
    mutating func varint() throws(Damage) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            let byte = try number(UInt8.self)
            guard shift < 63 || byte <= 1 else { throw Damage("a number has more than 64 bits") }
            value |= UInt64(byte & 0x7f) << UInt64(shift)
            if byte < 0x80 { return value }
        }
        throw Damage("a number has more than 64 bits")
    }

    /// A number that has to be a count of something here.
    mutating func varintCount() throws(Damage) -> Int {
        let value = try varint()
        guard let count = Int(exactly: value) else { throw Damage("\(value) is no count") }
        return count
    }

    mutating func signed() throws(Damage) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func text(_ count: Int) throws(Damage) -> String {
        guard let text = String(validating: try take(count), as: UTF8.self) else { throw Damage("a text is no UTF-8") }
        return text
    }
}

extension [UInt8] {
    mutating func putVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func putSigned(_ value: Int64) {
        putVarint(UInt64(bitPattern: value << 1) ^ UInt64(bitPattern: value >> 63))
    }

    mutating func putNumber(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
