/// A UUID of RFC 9562 version 8: 48 bits of milliseconds, a 12-bit counter, the 32-bit id of the server that made it,
/// and 30 random bits. Ids of one server sort by the time they were made.
public struct UniqueID: Sendable, Hashable, CustomStringConvertible {
    public let high: UInt64
    public let low: UInt64

    public init(time: Timestamp, counter: UInt16, server: UInt32, random: UInt32) {
        let milliseconds = UInt64(clamping: time.microseconds / 1000) & 0xffff_ffff_ffff
        high = milliseconds << 16 | 0x8000 | UInt64(counter & 0x0fff)
        low = 0x8000_0000_0000_0000 | UInt64(server) << 30 | UInt64(random & 0x3fff_ffff)
    }

    /// Reads the canonical lower- or upper-case form of any UUID; nil where the text is none.
    public init?(_ text: String) { self.init(utf8: text.utf8) }

    /// The same from the bytes of the text.
    @inlinable
    public init?(utf8: some Sequence<UInt8>) {
        var words: (UInt64, UInt64) = (0, 0)
        var index = 0
        for byte in utf8 {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
            } else {
                let digit: UInt8
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
                case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
                case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
                default: return nil
                }
                words = (words.0 << 4 | words.1 >> 60, words.1 << 4 | UInt64(digit))
            }
            index += 1
        }
        guard index == 36 else { return nil }
        (high, low) = words
    }

    /// The id of the server that made it.
    public var server: UInt32 { UInt32(truncatingIfNeeded: low >> 30) }

    public var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for index in 0..<32 {
            if index == 8 || index == 12 || index == 16 || index == 20 { text.append(UInt8(ascii: "-")) }
            let word = index < 16 ? high : low
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - index % 16 * 4) & 0xf)
            text.append(digit < 10 ? digit + UInt8(ascii: "0") : digit + UInt8(ascii: "a") - 10)
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// Makes the ids of one server, never the same twice.
public struct UniqueIDGenerator: Sendable {
    public let server: UInt32
    private var counter: UInt16 = 0

    public init(server: UInt32) { self.server = server }

    public mutating func next(at time: Timestamp = .now) -> UniqueID {
        counter &+= 1
        return UniqueID(time: time, counter: counter, server: server, random: .random(in: 0...0x3fff_ffff))
    }
}
