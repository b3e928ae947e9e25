/// A scalar as it is written, before it is given a type.
public struct YAMLScalar: Sendable, Hashable {
    public enum Style: Sendable, Hashable {
        case plain, singleQuoted, doubleQuoted, literal, folded
    }

    /// A tag of the core schema that was written out, such as `!!str`.
    public enum Tag: String, Sendable, Hashable, CaseIterable {
        case null, bool, int, float, str
    }

    /// A scalar with its type by the core schema of YAML 1.2.
    public enum Value: Sendable, Hashable {
        case null
        case bool(Bool)
        case integer(Int64)
        case number(Double)
        case string(String)
    }

    public let text: String
    public let style: Style
    public let tag: Tag?

    public init(text: String, style: Style, tag: Tag? = nil) {
        self.text = text
        self.style = style
        self.tag = tag
    }

    /// The typed value; nil where a number does not fit 64 bits or the text does not fit a tag that was written out.
    ///
    /// Only plain scalars are anything but strings: `yes` and `0777` are the string and the number that YAML 1.2 makes
    /// of them, not a boolean and an octal as in YAML 1.1.
    public var value: Value? {
        switch tag {
        case .str: .string(text)
        case nil: style == .plain ? Self.resolve(text) : .string(text)
        case .null: Self.isNull(text) ? .null : nil
        case .bool: Self.bool(text).map(Value.bool)
        case .int: Self.isInteger(text) ? Self.integer(text).map(Value.integer) : nil
        case .float: Self.number(text).flatMap { Self.fitting($0, text) }
        }
    }

    static func resolve(_ text: String) -> Value? {
        if isNull(text) { return .null }
        if let value = bool(text) { return .bool(value) }
        if isInteger(text) { return integer(text).map(Value.integer) }
        if let value = number(text) { return fitting(value, text) }
        return .string(text)
    }

    private static func isNull(_ text: String) -> Bool { ["", "~", "null", "Null", "NULL"].contains(text) }

    private static func bool(_ text: String) -> Bool? {
        switch text {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }

    private static func isInteger(_ text: String) -> Bool {
        let bytes = text.utf8
        if text.hasPrefix("0o") {
            return bytes.count > 2 && bytes.dropFirst(2).allSatisfy { (0x30...0x37).contains($0) }
        }
        if text.hasPrefix("0x") {
            return bytes.count > 2 && bytes.dropFirst(2).allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
        }
        let digits =
            bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+") ? bytes.dropFirst() : bytes[...]
        return !digits.isEmpty && digits.allSatisfy(isDigit)
    }

    private static func integer(_ text: String) -> Int64? {
        if text.hasPrefix("0o") { return Int64(text.dropFirst(2), radix: 8) }
        if text.hasPrefix("0x") { return Int64(text.dropFirst(2), radix: 16) }
        return Int64(text)
    }

    /// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`, the infinities and not-a-number.
    private static func number(_ text: String) -> Double? {
        switch text {
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .infinity
        case "-.inf", "-.Inf", "-.INF": return -.infinity
        case ".nan", ".NaN", ".NAN": return .nan
        default: break
        }
        var rest = text.utf8[...]
        func take(_ isWanted: (UInt8) -> Bool) -> Int {
            let count = rest.prefix(while: isWanted).count
            rest = rest.dropFirst(count)
            return count
        }
        func sign() {
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        }
        sign()
        let whole = take(isDigit)
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard take(isDigit) + whole > 0 else { return nil }
        } else if whole == 0 {
            return nil
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            sign()
            guard take(isDigit) > 0 else { return nil }
        }
        guard rest.isEmpty else { return nil }
        return Double(text)
    }

    /// A number, unless its digits make an infinity that was not written as one.
    private static func fitting(_ number: Double, _ text: String) -> Value? {
        number.isInfinite && !text.hasSuffix("nf") && !text.hasSuffix("NF") ? nil : .number(number)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
