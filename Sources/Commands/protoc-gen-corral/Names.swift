/// Swift's names for what a `.proto` file names.
enum Names {
    /// `corral.v1` is `CorralV1`.
    static func namespace(_ package: String) -> String {
        package.split { $0 == "." || $0 == "_" }.map { capitalized(String($0)) }.joined()
    }

    /// `trajectory_hash` is `trajectoryHash`, `NOT_SERVING` is `notServing`.
    static func member(_ name: String) -> String {
        let isUpper = !name.contains { $0.isLowercase }
        let parts = name.split(separator: "_").map { isUpper ? $0.lowercased() : String($0) }
        guard let first = parts.first else { return name }
        return safe(([lowered(first)] + parts.dropFirst().map(capitalized)).joined())
    }

    static func type(_ name: String) -> String {
        ["Any", "Type", "Self", "Protocol"].contains(name) ? "`\(name)`" : name
    }

    /// The case of an enumeration's value, without the enumeration's name in front of it.
    static func enumCase(_ value: String, of name: String) -> String {
        var prefix = ""
        for character in name {
            if character.isUppercase, !prefix.isEmpty { prefix += "_" }
            prefix += character.uppercased()
        }
        prefix += "_"
        return member(value.hasPrefix(prefix) && value != prefix ? String(value.dropFirst(prefix.count)) : value)
    }

    static func capitalized(_ name: String) -> String { name.prefix(1).uppercased() + name.dropFirst() }
    private static func lowered(_ name: String) -> String { name.prefix(1).lowercased() + name.dropFirst() }

    private static func safe(_ name: String) -> String {
        let words: Set = [
            "as", "break", "case", "class", "continue", "default", "defer", "do", "else", "enum", "extension", "false",
            "for", "func", "if", "import", "in", "init", "internal", "is", "let", "nil", "operator", "private",
            "protocol", "public", "repeat", "return", "self", "static", "struct", "subscript", "super", "switch",
            "throw",
            "true", "try", "typealias", "var", "where", "while",
        ]
        return words.contains(name) ? "`\(name)`" : name
    }
}
