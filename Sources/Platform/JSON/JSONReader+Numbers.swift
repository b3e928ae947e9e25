extension JSONReader {
    /// Reads a number. Integers of 64 bits are exact (`-0` is the double -0.0); other numbers are the nearest double.
    ///
    /// - Throws: `numberOutOfRange` where that would be infinite.
    public mutating func readNumber() throws(JSONError) -> JSONNumber {
        _ = nextByte()
        let start = offset
        let decimal = try scanDecimal()
        if decimal.isInteger, decimal.isComplete {
            if !decimal.isNegative {
                return Int64(exactly: decimal.digits).map { .integer($0) } ?? .unsigned(decimal.digits)
            }
            if decimal.digits == 0 { return .double(-0.0) }
            if decimal.digits <= Int64.min.magnitude { return .integer(Int64(truncatingIfNeeded: 0 &- decimal.digits)) }
        }
        if decimal.isComplete, let magnitude = exactDouble(decimal.digits, timesTenTo: decimal.exponent) {
            return .double(decimal.isNegative ? -magnitude : magnitude)
        }
        return try convert(start..<offset, isInteger: decimal.isInteger)
    }

    /// Reads the next value if it is a number; otherwise nothing is consumed but white space.
    public mutating func readNumberIfNext() throws(JSONError) -> JSONNumber? {
        let byte = nextByte()
        guard byte == UInt8(ascii: "-") || Self.digit(byte) != nil else { return nil }
        return try readNumber()
    }

    /// Checks a number without converting it, unless its size makes its range doubtful.
    mutating func skipNumber() throws(JSONError) {
        let start = offset
        let decimal = try scanDecimal()
        if decimal.exponent > 200 || offset - start > 200 { _ = try convert(start..<offset, isInteger: false) }
    }

    private func convert(_ range: Range<Int>, isInteger: Bool) throws(JSONError) -> JSONNumber {
        let text = String(decoding: self[range], as: UTF8.self)
        if isInteger, let value = Int64(text) { return .integer(value) }
        if isInteger, let value = UInt64(text) { return .unsigned(value) }
        guard let value = Double(text), value.isFinite else {
            throw JSONError(offset: range.lowerBound, reason: .numberOutOfRange)
        }
        return .double(value)
    }

    private struct Decimal {
        var digits: UInt64 = 0
        var exponent = 0
        var isNegative = false
        var isInteger = true
        /// Whether `digits` holds all digits of the text.
        var isComplete = true

        /// False where there is no room for another digit.
        @inline(__always)
        mutating func append(_ digit: UInt64) -> Bool {
            guard digits < 1_000_000_000_000_000_000 else {
                isComplete = false
                return false
            }
            digits = digits &* 10 &+ digit
            return true
        }
    }

    /// Reads a number by the grammar of RFC 8259 as digits and a power of ten.
    private mutating func scanDecimal() throws(JSONError) -> Decimal {
        var decimal = Decimal()
        var place = offset
        defer { offset = place }
        if byte(at: place) == UInt8(ascii: "-") {
            decimal.isNegative = true
            place += 1
        }
        if byte(at: place) == UInt8(ascii: "0") {
            place += 1
            if Self.digit(byte(at: place)) != nil { throw invalidNumber(at: place) }
        } else {
            let start = place
            while let digit = Self.digit(byte(at: place)) {
                place += 1
                if !decimal.append(digit) { decimal.exponent += 1 }
            }
            guard place > start else { throw invalidNumber(at: place) }
        }
        if byte(at: place) == UInt8(ascii: ".") {
            place += 1
            decimal.isInteger = false
            let start = place
            while let digit = Self.digit(byte(at: place)) {
                place += 1
                if decimal.append(digit) { decimal.exponent -= 1 }
            }
            guard place > start else { throw invalidNumber(at: place) }
        }
        if byte(at: place) | 0x20 == UInt8(ascii: "e") {
            place += 1
            decimal.isInteger = false
            decimal.exponent += try scanExponent(&place)
        }
        return decimal
    }

    @inline(__always)
    private static func digit(_ byte: UInt8) -> UInt64? {
        let value = byte &- UInt8(ascii: "0")
        return value < 10 ? UInt64(value) : nil
    }

    private func scanExponent(_ place: inout Int) throws(JSONError) -> Int {
        let sign = byte(at: place)
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { place += 1 }
        let start = place
        var exponent = 0
        while let digit = Self.digit(byte(at: place)) {
            place += 1
            exponent = min(exponent * 10 + Int(digit), 1_000_000)
        }
        guard place > start else { throw invalidNumber(at: place) }
        return sign == UInt8(ascii: "-") ? -exponent : exponent
    }

    private func invalidNumber(at place: Int) -> JSONError {
        JSONError(offset: place, reason: place >= bytes.count ? .truncated : .invalidNumber)
    }
}

/// `digits * 10^exponent` rounded once, to the nearest double; nil where 64-bit arithmetic cannot tell
/// (exponents beyond ±27).
func exactDouble(_ digits: UInt64, timesTenTo exponent: Int) -> Double? {
    guard digits != 0 else { return 0 }
    guard exponent >= -27, exponent <= 27 else { return nil }
    let power = powersOfFive[abs(exponent)]
    var kept: UInt64
    let scale: Int
    if exponent >= 0 {
        let product = digits.multipliedFullWidth(by: power)
        let shift = product.high == 0 ? 64 : product.high.leadingZeroBitCount
        kept = product.high << UInt64(shift) | product.low >> UInt64(64 - shift)
        if shift < 64, product.low << UInt64(shift) != 0 { kept |= 1 }
        scale = 64 - shift + exponent
    } else {
        let shift = digits.leadingZeroBitCount
        let divisorShift = power.leadingZeroBitCount
        let dividend = digits << UInt64(shift)
        let divisor = power << UInt64(divisorShift)
        let (quotient, remainder) = divisor.dividingFullWidth((dividend >> 1, dividend << 63))
        // The quotient has at least 62 bits, so its lowest can stand for all that was cut off.
        kept = remainder == 0 ? quotient : quotient | 1
        scale = divisorShift - shift - 63 + exponent
    }
    return Double(kept) * Double(sign: .plus, exponent: scale, significand: 1)
}

private let powersOfFive: [UInt64] = (0...27).map { (0..<$0).reduce(1) { power, _ in power * 5 } }
