/// Appends a string with its quotes. Only what must be is escaped, in the shortest way (RFC 8785, 3.2.2.2).
public func appendJSONString(_ text: String, to bytes: inout [UInt8]) {
    var text = text
    bytes.append(UInt8(ascii: "\""))
    text.withUTF8 { utf8 in
        var start = 0
        for place in utf8.indices {
            let byte = utf8[place]
            if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { continue }
            bytes.append(contentsOf: utf8[start..<place])
            appendEscape(byte, to: &bytes)
            start = place + 1
        }
        bytes.append(contentsOf: utf8[start...])
    }
    bytes.append(UInt8(ascii: "\""))
}

private func appendEscape(_ byte: UInt8, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0a: bytes.append(UInt8(ascii: "n"))
    case 0x0c: bytes.append(UInt8(ascii: "f"))
    case 0x0d: bytes.append(UInt8(ascii: "r"))
    case 0..<0x20:
        let low = byte & 0xf
        bytes.append(contentsOf: "u00".utf8)
        bytes.append(UInt8(ascii: "0") + byte >> 4)
        bytes.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
    default: bytes.append(byte)
    }
}

/// Appends the decimal digits of an integer.
@inlinable
public func appendDecimal(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    appendDigits(UInt64(value.magnitude), to: &bytes)
}

@usableFromInline
func appendDigits(_ value: UInt64, to bytes: inout [UInt8]) {
    if value < 1000 {
        let zero = UInt8(ascii: "0")
        let number = UInt16(truncatingIfNeeded: value)
        if number >= 100 { bytes.append(zero + UInt8(truncatingIfNeeded: number / 100)) }
        if number >= 10 { bytes.append(zero + UInt8(truncatingIfNeeded: number / 10 % 10)) }
        return bytes.append(zero + UInt8(truncatingIfNeeded: number % 10))
    }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
        var start = 20
        var rest = value
        while rest > 0 {
            start -= 1
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
            rest = quotient
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
    }
}

/// Appends the shortest text that reads back as the same double, always with a point or an exponent; for what is not
/// finite the strings `"NaN"`, `"Infinity"`, `"-Infinity"`.
public func appendDouble(_ value: Double, to bytes: inout [UInt8]) {
    if value.isFinite {
        var text = value.description
        text.withUTF8 { bytes.append(contentsOf: $0) }
    } else {
        let name = value.isNaN ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\""
        bytes.append(contentsOf: name.utf8)
    }
}

/// Appends a valid JSON text without the white space between its tokens, so that it fits in one line.
public func appendMinifiedJSON(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    bytes.reserveCapacity(bytes.count + text.count)
    var place = 0
    var start = 0
    while place < text.count {
        let byte = text[place]
        if byte == UInt8(ascii: "\"") {
            place = endOfString(in: text, from: place)
        } else if byte <= 0x20 {
            bytes.append(contentsOf: text[start..<place])
            while place < text.count, text[place] <= 0x20 { place += 1 }
            start = place
        } else {
            place += 1
        }
    }
    bytes.append(contentsOf: text[start..<text.count])
}

/// The place behind the quote that ends the string beginning at a place.
private func endOfString(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var place = start + 1
    while place < text.count, text[place] != UInt8(ascii: "\"") {
        place += text[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(place + 1, text.count)
}
