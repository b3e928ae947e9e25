/// The `traceparent` header of W3C Trace Context: which trace a call belongs to.
public struct TraceParent: Sendable, Hashable, CustomStringConvertible {
    /// 32 lower-case hexadecimal digits, not all zero.
    public let traceID: String
    /// 16 lower-case hexadecimal digits, not all zero.
    public let parentID: String
    public let flags: UInt8

    /// Reads a header; nil where it is malformed, and then it is to be treated as absent. A version above 00 is read as
    /// far as 00 goes.
    public init?(_ header: some StringProtocol) {
        let bytes = Array(header.utf8)
        guard bytes.count >= 55, [2, 35, 52].allSatisfy({ bytes[$0] == UInt8(ascii: "-") }),
            let version = Self.byte(bytes[0..<2]), version != 0xff,
            version == 0 ? bytes.count == 55 : bytes.count == 55 || bytes[55] == UInt8(ascii: "-"),
            let traceID = Self.id(bytes[3..<35]), let parentID = Self.id(bytes[36..<52]),
            let flags = Self.byte(bytes[53..<55])
        else { return nil }
        self.init(traceID: traceID, parentID: parentID, flags: flags)
    }

    private init(traceID: String, parentID: String, flags: UInt8) {
        self.traceID = traceID
        self.parentID = parentID
        self.flags = flags
    }

    public var isSampled: Bool { flags & 1 == 1 }

    /// The trace with this server as the parent, to be passed on; of the flags, only `sampled` goes on.
    public func child(_ random: UInt64 = .random(in: 1...UInt64.max)) -> TraceParent {
        let digits = String(max(1, random), radix: 16)
        let id = String(repeating: "0", count: 16 - digits.count) + digits
        return TraceParent(traceID: traceID, parentID: id, flags: flags & 1)
    }

    /// The header in version 00.
    public var description: String { "00-\(traceID)-\(parentID)-\(flags < 16 ? "0" : "")\(String(flags, radix: 16))" }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }

    private static func byte(_ digits: ArraySlice<UInt8>) -> UInt8? {
        digits.allSatisfy(isDigit) ? UInt8(String(decoding: digits, as: UTF8.self), radix: 16) : nil
    }

    private static func id(_ digits: ArraySlice<UInt8>) -> String? {
        guard digits.allSatisfy(isDigit), digits.contains(where: { $0 != UInt8(ascii: "0") }) else { return nil }
        return String(decoding: digits, as: UTF8.self)
    }
}
