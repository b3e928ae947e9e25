import YAML

/// A declaration with the Swift type of its value.
public struct Key<Value: Sendable>: Sendable {
    public let declaration: Declaration
    let read: @Sendable (ConfigurationValue) -> Value?

    init(_ declaration: Declaration, read: @escaping @Sendable (ConfigurationValue) -> Value?) {
        self.declaration = declaration
        self.read = read
    }
}

extension Key where Value == String {
    public static func text(_ name: String, _ placeholder: String, fallback: String, _ help: String) -> Self {
        Key(Declaration(name, .text, fallback: [fallback], placeholder: placeholder, help: help), read: \.text)
    }

    public static func choice(_ name: String, _ choices: [String], fallback: String, _ help: String) -> Self {
        let placeholder = name.split(separator: "-").last.map { $0.uppercased() } ?? "VALUE"
        return Key(
            Declaration(name, .choice(choices), fallback: [fallback], placeholder: placeholder, help: help),
            read: \.text)
    }

    public static func path(_ name: String, _ placeholder: String, fallback: String, _ help: String) -> Self {
        Key(Declaration(name, .path, fallback: [fallback], placeholder: placeholder, help: help), read: \.text)
    }
}

extension Key where Value == String? {
    /// A path without a default: nil where nobody gave it.
    public static func path(_ name: String, _ placeholder: String, _ help: String) -> Self {
        Key(Declaration(name, .path, placeholder: placeholder, help: help)) { .some($0.text) }
    }
}

extension Key where Value == String? {
    /// A text without a default: nil where nobody gave it.
    public static func optionalText(_ name: String, _ placeholder: String, _ help: String) -> Self {
        Key(Declaration(name, .text, placeholder: placeholder, help: help)) { .some($0.text) }
    }
}

extension Key where Value == [String] {
    public static func texts(_ name: String, _ placeholder: String, _ help: String) -> Self {
        Key(Declaration(name, .texts, placeholder: placeholder, help: help), read: \.texts)
    }

    /// A command with its arguments; empty where nobody gave it.
    public static func words(_ name: String, _ placeholder: String, _ help: String) -> Self {
        Key(Declaration(name, .words, placeholder: placeholder, help: help), read: \.texts)
    }

    public static func paths(_ name: String, _ placeholder: String, _ help: String) -> Self {
        Key(Declaration(name, .paths, placeholder: placeholder, help: help)) {
            if case .paths(let value) = $0 { value } else { [] }
        }
    }
}

extension Key where Value == Int {
    public static func integer(_ name: String, _ range: ClosedRange<Int>, fallback: Int, _ help: String) -> Self {
        Key(
            Declaration(name, .integer(range), fallback: [String(fallback)], placeholder: "NUMBER", help: help),
            read: \.integer)
    }

    /// In bytes.
    public static func size(_ name: String, _ range: ClosedRange<Int>, fallback: Int, _ help: String) -> Self {
        let text = ByteSize(bytes: Int64(fallback)).description
        return Key(
            Declaration(name, .size(range), fallback: [text], placeholder: "SIZE", help: help), read: \.integer)
    }
}

extension Key where Value == Bool {
    public static func bool(_ name: String, fallback: Bool = false, _ help: String) -> Self {
        Key(Declaration(name, .bool, fallback: [String(fallback)], help: help)) {
            if case .bool(let value) = $0 { value } else { nil }
        }
    }
}

extension Key where Value == Duration {
    /// In whole milliseconds.
    public static func duration(
        _ name: String, _ range: ClosedRange<Duration>, fallback: Duration, _ help: String
    ) -> Self {
        let text = TimeSpan(fallback).description
        return Key(Declaration(name, .duration(range), fallback: [text], placeholder: "TIME", help: help)) {
            if case .duration(let value) = $0 { value } else { nil }
        }
    }
}
