extension JSONValue {
    /// The JSON text, without white space.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }

    /// The JSON text for people: one member or element a line, two spaces for each level, a line feed at the end.
    public func prettyEncoded() -> [UInt8] {
        var bytes: [UInt8] = []
        appendPretty(to: &bytes, indentation: 0)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private func appendPretty(to bytes: inout [UInt8], indentation: Int) {
        func line(_ level: Int) {
            bytes.append(UInt8(ascii: "\n"))
            bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * level))
        }
        switch self {
        case .array(let elements) where !elements.isEmpty:
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                line(indentation + 1)
                element.appendPretty(to: &bytes, indentation: indentation + 1)
            }
            line(indentation)
            bytes.append(UInt8(ascii: "]"))
        case .object(let members) where !members.isEmpty:
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                line(indentation + 1)
                appendJSONString(member.key, to: &bytes)
                bytes.append(contentsOf: ": ".utf8)
                member.value.appendPretty(to: &bytes, indentation: indentation + 1)
            }
            line(indentation)
            bytes.append(UInt8(ascii: "}"))
        default: bytes.append(contentsOf: encoded())
        }
    }
}

extension JSONValue: CustomStringConvertible {
    /// The JSON text, without white space.
    public var description: String { String(decoding: encoded(), as: UTF8.self) }
}
