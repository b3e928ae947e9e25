/// Writes the wire form of messages.
public struct ProtobufWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init(reserving capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    @inline(__always)
    public mutating func varint(_ number: UInt64) {
        var number = number
        while number >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: number) | 0x80)
            number >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: number))
    }

    @inline(__always)
    public mutating func tag(_ field: Int, _ wire: ProtobufReader.WireType) {
        varint(UInt64(field) << 3 | UInt64(wire.rawValue))
    }

    @inline(__always)
    mutating func fixed(_ word: some FixedWidthInteger) {
        withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
    }

    @inline(__always)
    mutating func raw(_ content: some Sequence<UInt8>) { bytes.append(contentsOf: content) }

    /// Writes something with its length, which is known only afterwards.
    @inline(__always)
    mutating func delimited(_ body: (inout ProtobufWriter) -> Void) {
        let start = bytes.count
        bytes.append(0)
        body(&self)
        let length = bytes.count - start - 1
        if length < 0x80 {
            bytes[start] = UInt8(length)
        } else {
            var prefix = ProtobufWriter()
            prefix.varint(UInt64(length))
            bytes.replaceSubrange(start...start, with: prefix.bytes)
        }
    }
}
