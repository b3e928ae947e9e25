/// What a shell offers for a value.
public enum Completion: Sendable, Hashable {
    case none, files, directories
    /// One of these; anything else is a usage error.
    case choices([String])
}

/// The declaration of one option: parser, help and completion scripts read the same.
public struct Option: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// `--name`, `--no-name`, `--name=true|false`.
        case flag
        /// `--name VALUE`, `--name=VALUE`; the last one given counts.
        case value
        /// A value that may be given any number of times.
        case list
        /// Takes every word after it, those that begin with a dash included.
        case remaining
        /// Takes every word after it up to the next long option of the command, unknown options included.
        case words
    }

    /// The long name without its dashes.
    public let name: String
    public let short: Character?
    public let kind: Kind
    /// What help calls the value, such as `PORT`; empty for flags.
    public let placeholder: String
    public let summary: String
    /// What counts where the option is not given; for a flag `true` or `false`.
    public let fallback: String?
    public let completion: Completion

    public init(
        _ name: String, short: Character? = nil, kind: Kind, placeholder: String = "", fallback: String? = nil,
        completion: Completion = .none, summary: String
    ) {
        self.name = name
        self.short = short
        self.kind = kind
        self.placeholder = placeholder
        self.fallback = fallback
        self.completion = completion
        self.summary = summary
    }

    public static func flag(_ name: String, short: Character? = nil, fallback: Bool? = nil, _ summary: String) -> Option
    {
        Option(name, short: short, kind: .flag, fallback: fallback.map { String($0) }, summary: summary)
    }

    public static func value(
        _ name: String, short: Character? = nil, _ placeholder: String, fallback: String? = nil,
        completion: Completion = .none, _ summary: String
    ) -> Option {
        Option(
            name, short: short, kind: .value, placeholder: placeholder, fallback: fallback, completion: completion,
            summary: summary)
    }

    public static func list(
        _ name: String, short: Character? = nil, _ placeholder: String, completion: Completion = .none,
        _ summary: String
    ) -> Option {
        Option(
            name, short: short, kind: .list, placeholder: placeholder, completion: completion, summary: summary)
    }

    public static func remaining(_ name: String, _ placeholder: String, _ summary: String) -> Option {
        Option(name, kind: .remaining, placeholder: placeholder, completion: .files, summary: summary)
    }

    public static func words(_ name: String, _ placeholder: String, _ summary: String) -> Option {
        Option(name, kind: .words, placeholder: placeholder, completion: .files, summary: summary)
    }

    static let help = Option("help", short: "h", kind: .flag, summary: "Show this help.")
    static let version = Option("version", kind: .flag, summary: "Show the version.")

    /// Help and version have no `--no-` form.
    var isNegatable: Bool { kind == .flag && self != .help && self != .version }

    /// Every spelling, the long one first.
    var spellings: [String] {
        ["--" + name] + (isNegatable ? ["--no-" + name] : []) + (short.map { ["-\($0)"] } ?? [])
    }
}

/// The declaration of one argument that is known by its place.
public struct Positional: Sendable, Hashable {
    public enum Arity: Sendable, Hashable {
        case required, optional
        /// Any number, none included.
        case any
        /// At least one.
        case some
    }

    /// What help and messages call it, such as `ENVIRONMENT`.
    public let name: String
    public let arity: Arity
    public let summary: String
    public let completion: Completion

    public init(_ name: String, _ arity: Arity = .required, completion: Completion = .none, _ summary: String) {
        self.name = name
        self.arity = arity
        self.summary = summary
        self.completion = completion
    }

    var isRepeated: Bool { arity == .any || arity == .some }
    var isRequired: Bool { arity == .required || arity == .some }

    /// As usage lines write it.
    var usage: String {
        let name = isRepeated ? self.name + "..." : self.name
        return isRequired ? name : "[\(name)]"
    }
}
