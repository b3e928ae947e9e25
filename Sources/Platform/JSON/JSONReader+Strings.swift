extension JSONReader {
    /// Reads a string whose opening quote is at the offset.
    ///
    /// - Returns: What stands between the quotes, checked (UTF-8, escapes, control characters) but not decoded, and
    ///   whether it has escapes.
    mutating func scanString() throws(JSONError) -> (range: Range<Int>, isEscaped: Bool) {
        let start = offset + 1
        var isEscaped = false
        offset = start
        while true {
            skipPlain()
            switch byte(at: offset) {
            case UInt8(ascii: "\""):
                offset += 1
                return (start..<offset - 1, isEscaped)
            case UInt8(ascii: "\\"):
                isEscaped = true
                try skipEscape()
            case 0..<0x20: throw error(.controlCharacter)
            default: try skipScalar()
            }
        }
    }

    /// Moves over plain ASCII, eight bytes at a time, to the next quote, backslash, control or non-ASCII byte.
    @inline(__always)
    private mutating func skipPlain() {
        let high: UInt64 = 0x8080_8080_8080_8080
        let low: UInt64 = 0x0101_0101_0101_0101
        let raw = UnsafeRawBufferPointer(bytes)
        while bytes.count - offset >= 8 {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let quote = word ^ (low &* 0x22)
            let backslash = word ^ (low &* 0x5c)
            let found =
                (word | ((word &- (low &* 0x20)) & ~word) | ((quote &- low) & ~quote)
                    | ((backslash &- low) & ~backslash)) & high
            guard found == 0 else {
                offset += found.trailingZeroBitCount >> 3
                return
            }
            offset += 8
        }
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
            offset += 1
        }
    }

    private mutating func skipEscape() throws(JSONError) {
        switch byte(at: offset + 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            offset += 2
        case UInt8(ascii: "u"):
            let unit = try codeUnit(at: offset)
            switch unit {
            case 0xd800..<0xdc00:
                guard byte(at: offset + 6) == UInt8(ascii: "\\"), byte(at: offset + 7) == UInt8(ascii: "u") else {
                    throw JSONError(offset: offset, reason: .loneSurrogate)
                }
                guard (0xdc00..<0xe000).contains(try codeUnit(at: offset + 6)) else { throw error(.loneSurrogate) }
                offset += 12
            case 0xdc00..<0xe000: throw error(.loneSurrogate)
            default: offset += 6
            }
        default:
            if offset + 1 >= bytes.count { offset = bytes.count }
            throw error(.invalidEscape)
        }
    }

    /// The code unit of the `\uXXXX` at a place.
    private func codeUnit(at place: Int) throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for index in place + 2..<place + 6 {
            guard index < bytes.count else { throw JSONError(offset: bytes.count, reason: .truncated) }
            guard let digit = hexDigit(bytes[index]) else { throw JSONError(offset: place, reason: .invalidEscape) }
            unit = unit << 4 | digit
        }
        return unit
    }

    private func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// Moves over one character of two to four bytes in well-formed UTF-8 (Unicode, table 3-7).
    private mutating func skipScalar() throws(JSONError) {
        let lead = byte(at: offset)
        let length: Int
        let second: ClosedRange<UInt8>
        switch lead {
        case 0xc2...0xdf: (length, second) = (2, 0x80...0xbf)
        case 0xe0: (length, second) = (3, 0xa0...0xbf)
        case 0xed: (length, second) = (3, 0x80...0x9f)
        case 0xe1...0xef: (length, second) = (3, 0x80...0xbf)
        case 0xf0: (length, second) = (4, 0x90...0xbf)
        case 0xf1...0xf3: (length, second) = (4, 0x80...0xbf)
        case 0xf4: (length, second) = (4, 0x80...0x8f)
        default: throw error(.invalidUTF8)
        }
        guard second.contains(byte(at: offset + 1)) else { throw error(.invalidUTF8) }
        for place in offset + 2..<max(offset + length, offset + 2) {
            guard (0x80...0xbf).contains(byte(at: place)) else { throw error(.invalidUTF8) }
        }
        offset += length
    }

    /// The text of what stands between quotes and has been scanned.
    func text(_ range: Range<Int>, isEscaped: Bool) -> String {
        guard isEscaped else { return String(decoding: self[range], as: UTF8.self) }
        return String(decoding: unescaped(range), as: UTF8.self)
    }

    /// The UTF-8 bytes of what stands between quotes and has been scanned.
    func unescaped(_ range: Range<Int>) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(range.count)
        var place = range.lowerBound
        while place < range.upperBound {
            guard bytes[place] == UInt8(ascii: "\\") else {
                decoded.append(bytes[place])
                place += 1
                continue
            }
            place += 2
            switch bytes[place - 1] {
            case UInt8(ascii: "b"): decoded.append(0x08)
            case UInt8(ascii: "f"): decoded.append(0x0c)
            case UInt8(ascii: "n"): decoded.append(0x0a)
            case UInt8(ascii: "r"): decoded.append(0x0d)
            case UInt8(ascii: "t"): decoded.append(0x09)
            case UInt8(ascii: "u"):
                let (scalar, length) = escapedScalar(at: place - 2)
                decoded.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                place += length - 2
            default: decoded.append(bytes[place - 1])
            }
        }
        return decoded
    }

    private func escapedScalar(at place: Int) -> (scalar: Unicode.Scalar, length: Int) {
        let unit = (try? codeUnit(at: place)) ?? 0xfffd
        guard (0xd800..<0xdc00).contains(unit) else { return (Unicode.Scalar(unit) ?? "\u{fffd}", 6) }
        let trail = (try? codeUnit(at: place + 6)) ?? 0xdc00
        return (Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (trail & 0x3ff)) ?? "\u{fffd}", 12)
    }
}
