/// Reads the wire form of messages; nothing in it is trusted.
public struct ProtobufReader {
    public enum WireType: UInt8, Sendable {
        case varint = 0
        case fixed64 = 1
        case bytes = 2
        case groupStart = 3
        case groupEnd = 4
        case fixed32 = 5
    }

    public struct Tag: Sendable, Equatable {
        public let field: Int
        public let wire: WireType
    }

    /// How deep messages and groups may be nested.
    public static let depthLimit = 100

    let bytes: UnsafeRawBufferPointer
    public internal(set) var position: Int
    var end: Int
    private var depth: Int

    /// - Parameter bytes: Has to outlive the reader.
    public init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        position = 0
        end = bytes.count
        depth = 0
    }

    /// The tag of the next field; nil at the end of the message.
    @inline(__always)
    public mutating func nextTag() throws(ProtobufError) -> Tag? {
        guard position < end else { return nil }
        let start = position
        let first = bytes[position]
        var number = UInt64(first)
        if first < 0x80 { position += 1 } else { number = try varint() }
        guard let wire = WireType(rawValue: UInt8(number & 7)) else { throw error(.wireType, at: start) }
        let field = number >> 3
        guard field > 0, field < 1 << 29, position - start <= 5 else { throw error(.fieldNumber, at: start) }
        return Tag(field: Int(field), wire: wire)
    }

    /// Passes over a field, with all that is in it.
    public mutating func skip(_ tag: Tag) throws(ProtobufError) {
        switch tag.wire {
        case .varint: _ = try varint()
        case .fixed64: try advance(8)
        case .fixed32: try advance(4)
        case .bytes: _ = try lengthDelimited()
        case .groupStart:
            try enter()
            while true {
                guard let inner = try nextTag() else { throw error(.unmatchedGroup, at: position) }
                if inner.wire == .groupEnd {
                    guard inner.field == tag.field else { throw error(.unmatchedGroup, at: position) }
                    depth -= 1
                    return
                }
                try skip(inner)
            }
        case .groupEnd: throw error(.unmatchedGroup, at: position)
        }
    }

    @inline(__always)
    public mutating func varint() throws(ProtobufError) -> UInt64 {
        guard position < end else { throw error(.truncated, at: position) }
        let first = bytes[position]
        if first < 0x80 {
            position += 1
            return UInt64(first)
        }
        return try longVarint()
    }

    private mutating func longVarint() throws(ProtobufError) -> UInt64 {
        let start = position
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 70 {
            guard position < end else { throw error(.truncated, at: start) }
            let byte = bytes[position]
            position += 1
            number |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        throw error(.varintTooLong, at: start)
    }

    @inline(__always)
    mutating func fixed<Word: FixedWidthInteger>(_ type: Word.Type = Word.self) throws(ProtobufError) -> Word {
        let start = position
        try advance(MemoryLayout<Word>.size)
        return Word(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: Word.self))
    }

    /// The content of a field that says its own length.
    @inline(__always)
    public mutating func lengthDelimited() throws(ProtobufError) -> UnsafeRawBufferPointer {
        let start = position
        let length = try varint()
        guard length <= UInt64(end - position) else { throw error(.truncated, at: start) }
        let content = UnsafeRawBufferPointer(rebasing: bytes[position..<position + Int(length)])
        position += Int(length)
        return content
    }

    /// Reads a message inside this one.
    public mutating func message<Message: ProtobufMessage>(into message: inout Message) throws(ProtobufError) {
        let start = position
        let length = try varint()
        guard length <= UInt64(end - position) else { throw error(.truncated, at: start) }
        let outer = end
        end = position + Int(length)
        try enter()
        try message.merge(from: &self)
        depth -= 1
        end = outer
    }

    func error(_ reason: ProtobufError.Reason, at offset: Int) -> ProtobufError {
        ProtobufError(reason: reason, offset: offset)
    }

    /// Reads the parts of a packed field or a map entry, which are no message of their own.
    mutating func inside(_ body: (inout ProtobufReader) throws(ProtobufError) -> Void) throws(ProtobufError) {
        let start = position
        let length = try varint()
        guard length <= UInt64(end - position) else { throw error(.truncated, at: start) }
        let outer = end
        end = position + Int(length)
        try body(&self)
        position = end
        end = outer
    }

    mutating func enter() throws(ProtobufError) {
        depth += 1
        guard depth < Self.depthLimit else { throw error(.tooDeep, at: position) }
    }

    mutating func leave() { depth -= 1 }

    private mutating func advance(_ count: Int) throws(ProtobufError) {
        guard count <= end - position else { throw error(.truncated, at: position) }
        position += count
    }
}
