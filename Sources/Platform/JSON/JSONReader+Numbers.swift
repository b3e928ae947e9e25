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
    }

    /// Reads a number by the grammar of RFC 8259 as digits and a power of ten.
    private mutating func scanDecimal() throws(JSONError) -> Decimal {
        var decimal = Decimal()
        if byte(at: offset) == UInt8(ascii: "-") {
            decimal.isNegative = true
            offset += 1
        }
        if byte(at: offset) == UInt8(ascii: "0") {
            offset += 1
            if Self.digit(byte(at: offset)) != nil { throw error(.invalidNumber) }
        } else {
            try scanDigits(into: &decimal, isFraction: false)
        }
        if byte(at: offset) == UInt8(ascii: ".") {
            offset += 1
            decimal.isInteger = false
            try scanDigits(into: &decimal, isFraction: true)
        }
        if byte(at: offset) | 0x20 == UInt8(ascii: "e") {
            offset += 1
            decimal.isInteger = false
            decimal.exponent += try scanExponent()
        }
        return decimal
    }

    @inline(__always)
    private static func digit(_ byte: UInt8) -> UInt64? {
        let value = byte &- UInt8(ascii: "0")
        return value < 10 ? UInt64(value) : nil
    }

    @inline(__always)
    private mutating func scanDigits(into decimal: inout Decimal, isFraction: Bool) throws(JSONError) {
        let start = offset
        while let digit = Self.digit(byte(at: offset)) {
            offset += 1
            if decimal.digits < 1_000_000_000_000_000_000 {
                decimal.digits = decimal.digits * 10 + digit
                if isFraction { decimal.exponent -= 1 }
            } else {
                decimal.isComplete = false
                if !isFraction { decimal.exponent += 1 }
            }
        }
        guard offset > start else { throw error(.invalidNumber) }
    }

    private mutating func scanExponent() throws(JSONError) -> Int {
        let sign = byte(at: offset)
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { offset += 1 }
        let start = offset
        var exponent = 0
        while let digit = Self.digit(byte(at: offset)) {
            offset += 1
            exponent = min(exponent * 10 + Int(digit), 1_000_000)
        }
        guard offset > start else { throw error(.invalidNumber) }
        return sign == UInt8(ascii: "-") ? -exponent : exponent
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
