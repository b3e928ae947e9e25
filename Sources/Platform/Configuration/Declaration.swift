import Arguments
import YAML

/// What a key of the configuration may hold.
public enum ValueKind: Sendable, Hashable {
    case text
    case integer(ClosedRange<Int>)
    case bool
    case duration(ClosedRange<Duration>)
    /// In bytes.
    case size(ClosedRange<Int>)
    case choice([String])
    /// A file or folder; `~` is the home folder. Written in corral.yaml, a relative one starts at that file's folder.
    case path
    /// Any number of those; separated by `:` in the environment.
    case paths
    /// Any number of texts; one a line in the environment.
    case texts
    /// A command: a list of words, or one text that is split into them as a shell would.
    case words
}

/// One row of the table of keys: its flag, environment variable, line of corral.yaml, default and help.
public struct Declaration: Sendable, Hashable {
    /// Lower case with dashes: `idle-timeout` is `--idle-timeout`, `CORRAL_IDLE_TIMEOUT` and `idle-timeout:`.
    public let name: String
    public let kind: ValueKind
    /// The default as a flag would have it; empty for none.
    public let fallback: [String]
    /// What help calls the value.
    public let placeholder: String
    public let help: String

    public init(_ name: String, _ kind: ValueKind, fallback: [String] = [], placeholder: String = "", help: String) {
        self.name = name
        self.kind = kind
        self.fallback = fallback
        self.placeholder = placeholder
        self.help = help
    }

    public var environmentName: String { "CORRAL_" + String(name.uppercased().map { $0 == "-" ? "_" : $0 }) }

    /// The flag of a command line; it shows the default but does not supply it, so that the layers below still count.
    public var option: Option {
        let text = fallback.isEmpty || kind == .bool ? help : "\(help) [default: \(fallback.joined(separator: ", "))]"
        return switch kind {
        case .bool: .flag(name, fallback == ["true"] ? help + " [default: on]" : help)
        case .choice(let choices): .value(name, placeholder, completion: .choices(choices), text)
        case .path: .value(name, placeholder, completion: .files, text)
        case .paths: .list(name, placeholder, completion: .directories, text)
        case .texts: .list(name, placeholder, text)
        case .words: .words(name, placeholder, text)
        case .text, .integer, .duration, .size: .value(name, placeholder, text)
        }
    }

    var takesList: Bool { kind == .paths || kind == .texts || kind == .words }

    func words(ofVariable text: String) -> [String] {
        switch kind {
        case .paths: text.split(separator: ":").map(String.init)
        case .texts: text.split(separator: "\n").map(String.init)
        default: [text]
        }
    }

    /// What is wanted, in words for messages.
    var form: String {
        switch kind {
        case .text: "text"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .bool: "true or false"
        case .duration(let range):
            "\(TimeSpan.form), from \(TimeSpan(range.lowerBound)) to \(TimeSpan(range.upperBound))"
        case .size(let range):
            "\(ByteSize.form), from \(ByteSize(bytes: Int64(range.lowerBound))) to "
                + "\(ByteSize(bytes: Int64(range.upperBound)))"
        case .choice(let choices): "one of " + choices.joined(separator: ", ")
        case .path: "a path"
        case .paths: "a list of paths"
        case .texts: "a list of texts"
        case .words: "a command with its arguments"
        }
    }
}
