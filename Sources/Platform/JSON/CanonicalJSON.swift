/// The canonical form of RFC 8785: no white space, keys in the order of their UTF-16 code units, numbers as ECMAScript
/// prints doubles. An integer beyond 2^53 is rounded to a double, as the RFC has no other numbers.
///
/// - Throws: `JSONError` also for duplicate keys.
public func canonicalJSON(of bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) -> [UInt8] {
    var canonical: [UInt8] = []
    try JSONValue(parsing: bytes, limits: limits).appendCanonical(to: &canonical)
    return canonical
}

extension JSONReader {
    /// Reads the next value and appends its canonical form (RFC 8785).
    public mutating func readCanonical(into bytes: inout [UInt8]) throws(JSONError) {
        try readValue().appendCanonical(to: &bytes)
    }
}

extension JSONValue {
    /// Appends the canonical form of RFC 8785; what is not finite as the strings `"NaN"`, `"Infinity"`, `"-Infinity"`.
    public func appendCanonical(to bytes: inout [UInt8]) {
        switch self {
        case .integer(let value):
            if value.magnitude <= 1 << 53 {
                appendDecimal(value, to: &bytes)
            } else {
                appendECMAScriptNumber(Double(value), to: &bytes)
            }
        case .number(let value): appendECMAScriptNumber(value, to: &bytes)
        case .string(let value): appendJSONString(value, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.appendCanonical(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.sorted(by: { precedesInUTF16($0.key, $1.key) }).enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                appendJSONString(member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.appendCanonical(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        case .null, .bool: bytes.append(contentsOf: encoded())
        }
    }

    /// The canonical form of RFC 8785.
    public var canonical: [UInt8] {
        var bytes: [UInt8] = []
        appendCanonical(to: &bytes)
        return bytes
    }
}

/// Orders by UTF-16 code units. Where UTF-8 and UTF-16 differ, the lead bytes ee and ef (U+E000 to U+FFFF) come after
/// f0 to f4 (surrogate pairs).
private func precedesInUTF16(_ left: String, _ right: String) -> Bool {
    func rank(_ byte: UInt8) -> UInt8 { byte == 0xee || byte == 0xef ? byte + 0x10 : byte }
    return left.utf8.lexicographicallyPrecedes(right.utf8) { rank($0) < rank($1) }
}

/// Appends a double as ECMAScript's `Number::toString` does.
func appendECMAScriptNumber(_ value: Double, to bytes: inout [UInt8]) {
    if let whole = Int64(exactly: value), whole.magnitude <= 1 << 53 { return appendDecimal(whole, to: &bytes) }
    guard value.isFinite else { return appendDouble(value, to: &bytes) }
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { buffer in
        let (digits, point) = shortestDigits(of: value.magnitude, in: buffer)
        layOut(digits, point: point, to: &bytes)
    }
}

/// Appends `0.digits * 10^point` in the layout of ECMAScript: plain from 1e-6 to below 1e21.
private func layOut(_ digits: Slice<UnsafeMutableBufferPointer<UInt8>>, point: Int, to bytes: inout [UInt8]) {
    let zero = UInt8(ascii: "0")
    let dot = UInt8(ascii: ".")
    let start = digits.startIndex
    switch point {
    case 1...21 where point >= digits.count:
        bytes.append(contentsOf: digits)
        bytes.append(contentsOf: repeatElement(zero, count: point - digits.count))
    case 1...21:
        bytes.append(contentsOf: digits[..<(start + point)])
        bytes.append(dot)
        bytes.append(contentsOf: digits[(start + point)...])
    case -5...0:
        bytes.append(zero)
        bytes.append(dot)
        bytes.append(contentsOf: repeatElement(zero, count: -point))
        bytes.append(contentsOf: digits)
    default:
        bytes.append(contentsOf: digits.prefix(1))
        if digits.count > 1 {
            bytes.append(dot)
            bytes.append(contentsOf: digits.dropFirst())
        }
        bytes.append(UInt8(ascii: "e"))
        bytes.append(point > 0 ? UInt8(ascii: "+") : UInt8(ascii: "-"))
        appendDecimal((point - 1).magnitude, to: &bytes)
    }
}

/// The shortest digits that name a positive double, closest to it, and where the decimal point stands in them:
/// the value is `0.digits * 10^point`. The standard library's text has at most 24 bytes.
private func shortestDigits(
    of value: Double, in buffer: UnsafeMutableBufferPointer<UInt8>
) -> (digits: Slice<UnsafeMutableBufferPointer<UInt8>>, point: Int) {
    var count = 0
    var exponent = 0
    var isNegative = false
    var point: Int?
    var isExponent = false
    for byte in value.description.utf8 {
        switch byte {
        case UInt8(ascii: "."): point = count
        case UInt8(ascii: "e"): isExponent = true
        case UInt8(ascii: "-"): isNegative = true
        case UInt8(ascii: "+"): break
        case _ where isExponent: exponent = exponent * 10 + Int(byte - UInt8(ascii: "0"))
        default:
            buffer[count] = byte
            count += 1
        }
    }
    let position = (point ?? count) + (isNegative ? -exponent : exponent)
    var start = 0
    while start < count, buffer[start] == UInt8(ascii: "0") { start += 1 }
    while count > start, buffer[count - 1] == UInt8(ascii: "0") { count -= 1 }
    return (buffer[start..<count], position - start)
}
