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
    guard value.isFinite else { return appendDouble(value, to: &bytes) }
    guard value != 0 else { return bytes.append(UInt8(ascii: "0")) }
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    let (digits, point) = shortestDigits(of: value.magnitude)
    let zero = UInt8(ascii: "0")
    let dot = UInt8(ascii: ".")
    switch point {
    case digits.count...21 where digits.count <= 21:
        bytes.append(contentsOf: digits)
        bytes.append(contentsOf: repeatElement(zero, count: point - digits.count))
    case 1...21:
        bytes.append(contentsOf: digits[..<point])
        bytes.append(dot)
        bytes.append(contentsOf: digits[point...])
    case -5...0:
        bytes.append(zero)
        bytes.append(dot)
        bytes.append(contentsOf: repeatElement(zero, count: -point))
        bytes.append(contentsOf: digits)
    default:
        bytes.append(digits[0])
        if digits.count > 1 {
            bytes.append(dot)
            bytes.append(contentsOf: digits[1...])
        }
        bytes.append(UInt8(ascii: "e"))
        bytes.append(point > 0 ? UInt8(ascii: "+") : UInt8(ascii: "-"))
        appendDecimal((point - 1).magnitude, to: &bytes)
    }
}

/// The shortest digits that name a positive double, closest to it, and where the decimal point stands in them:
/// the value is `0.digits * 10^point`.
private func shortestDigits(of value: Double) -> (digits: [UInt8], point: Int) {
    var digits: [UInt8] = []
    var point: Int?
    var exponent = 0
    let text = Array(value.description.utf8)
    for (place, byte) in text.enumerated() {
        if byte == UInt8(ascii: ".") {
            point = digits.count
        } else if byte == UInt8(ascii: "e") {
            exponent = Int(String(decoding: text[(place + 1)...], as: UTF8.self)) ?? 0
            break
        } else {
            digits.append(byte)
        }
    }
    var position = (point ?? digits.count) + exponent
    let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
    digits.removeFirst(leading)
    position -= leading
    while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    return (digits, position)
}
