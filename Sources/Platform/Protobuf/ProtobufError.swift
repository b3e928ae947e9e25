/// Why bytes are no message.
public struct ProtobufError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Reason: Sendable, Equatable {
        case truncated
        case varintTooLong
        case fieldNumber
        case wireType
        case unmatchedGroup
        case invalidUTF8
        case tooDeep
    }

    public let reason: Reason
    /// Where in the message, in bytes.
    public let offset: Int

    public var description: String {
        let text =
            switch reason {
            case .truncated: "the message ends too early"
            case .varintTooLong: "a number has too many bytes"
            case .fieldNumber: "a field has a number that cannot be"
            case .wireType: "a field has a wire type that does not exist"
            case .unmatchedGroup: "a group has no begin or no end"
            case .invalidUTF8: "a string is not UTF-8"
            case .tooDeep: "messages are nested too deeply"
            }
        return "\(text) (at byte \(offset))"
    }
}

/// A message of Protocol Buffers (proto3) with its wire form.
public protocol ProtobufMessage: Sendable, Equatable {
    init()
    /// Reads fields until the reader's end; those that are there already are merged or replaced, as the format says.
    mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError)
    /// Writes the fields in the order of their numbers, map entries in the order of their keys.
    func write(to writer: inout ProtobufWriter)
}

extension ProtobufMessage {
    /// Reads a whole message. Fields that it does not know are left out.
    public init(protobuf bytes: [UInt8]) throws(ProtobufError) {
        self.init()
        try merge(protobuf: bytes[...])
    }

    public init(protobuf bytes: ArraySlice<UInt8>) throws(ProtobufError) {
        self.init()
        try merge(protobuf: bytes)
    }

    private mutating func merge(protobuf bytes: ArraySlice<UInt8>) throws(ProtobufError) {
        var copy = self
        try bytes.withUnsafeBufferPointer { (buffer) throws(ProtobufError) in
            var reader = ProtobufReader(UnsafeRawBufferPointer(buffer))
            try copy.merge(from: &reader)
        }
        self = copy
    }

    /// The wire form.
    public func protobuf() -> [UInt8] {
        var writer = ProtobufWriter()
        write(to: &writer)
        return writer.bytes
    }
}
