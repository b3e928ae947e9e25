import Foundations
import YAML

/// A value of the configuration after it was checked.
enum ConfigurationValue: Sendable, Hashable {
    case none
    /// Text, a choice or a path.
    case text(String)
    /// A number or a size in bytes.
    case integer(Int)
    case bool(Bool)
    case duration(Duration)
    case paths([String])
    /// Texts, or the words of a command.
    case texts([String])

    var text: String? { if case .text(let value) = self { value } else { nil } }
    var texts: [String] { if case .texts(let values) = self { values } else { [] } }
    var integer: Int? { if case .integer(let value) = self { value } else { nil } }
}

/// Where an effective value comes from.
public enum Origin: Sendable, Hashable, CustomStringConvertible {
    case flag(String)
    case environment(String)
    case file(YAMLMark)
    case fallback

    public var description: String {
        switch self {
        case .flag(let name): "flag --\(name)"
        case .environment(let name): "environment \(name)"
        case .file(let mark): "\(mark.file):\(mark.line)"
        case .fallback: "default"
        }
    }
}

/// The folders that paths may start from.
struct Folders {
    let home: String?
    let dataHome: String?

    init(environment: [String: String]) {
        home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
        dataHome = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
}

extension Declaration {
    /// Checks the words of one layer.
    ///
    /// - Throws: `invalidArgument` that names key, origin and the form that is wanted.
    func value(of words: [String], from origin: Origin, folders: Folders) throws(Failure) -> ConfigurationValue {
        if kind == .paths {
            var paths: [String] = []
            for word in words { paths.append(try path(word, from: origin, folders: folders)) }
            return .paths(paths)
        }
        if kind == .texts { return .texts(words) }
        if kind == .words {
            guard words.count == 1, let text = words.first else { return .texts(words) }
            guard let split = ShellWords.split(text) else { throw failure("a quote is left open", from: origin) }
            return .texts(split)
        }
        guard let word = words.last else { return .none }
        let value: ConfigurationValue? =
            switch kind {
            case .text: .text(word)
            case .integer(let range): Int(word).flatMap { range.contains($0) ? .integer($0) : nil }
            case .bool: Bool(word).map { .bool($0) }
            case .duration(let range):
                (TimeSpan(word)?.duration ?? Self.seconds(word, from: origin)).flatMap {
                    range.contains($0) ? .duration($0) : nil
                }
            case .size(let range):
                ByteSize(word).flatMap { Int(exactly: $0.bytes) }.flatMap { range.contains($0) ? .integer($0) : nil }
            case .choice(let choices): choices.contains(word) ? .text(word) : nil
            case .path, .paths, .texts, .words: .text(try path(word, from: origin, folders: folders))
            }
        guard let value else {
            let choices: [String] = if case .choice(let choices) = kind { choices } else { [] }
            let near = nearest(to: word, among: choices).map { "did you mean `\($0)`?" } ?? ""
            throw failure("`\(word)` is not \(form)", from: origin, next: near)
        }
        return value
    }

    /// A flag may be a bare number of seconds, as DockerGym's are.
    private static func seconds(_ word: String, from origin: Origin) -> Duration? {
        guard case .flag = origin, let number = Double(word), number.isFinite, (0...1e9).contains(number) else {
            return nil
        }
        return .milliseconds(Int64((number * 1000).rounded()))
    }

    func failure(_ problem: String, from origin: Origin, next: String = "") -> Failure {
        Failure(
            .invalidArgument, "\(name) (\(origin)): \(problem)", next: next,
            details: ["key": name, "origin": origin.description])
    }

    private func path(_ word: String, from origin: Origin, folders: Folders) throws(Failure) -> String {
        guard !word.isEmpty else { throw failure("an empty text is no path", from: origin) }
        let shared = "~/.local/share/"
        if origin == .fallback, word.hasPrefix(shared), let dataHome = folders.dataHome {
            return "\(dataHome)/\(word.dropFirst(shared.count))"
        }
        if word == "~" || word.hasPrefix("~/") {
            guard let home = folders.home else {
                throw failure("`\(word)` needs HOME, which is not set", from: origin, next: "write the path in full")
            }
            return home + word.dropFirst()
        }
        guard !word.hasPrefix("~") else {
            throw failure("`\(word)`: only one's own home folder is found by ~", from: origin)
        }
        guard case .file(let mark) = origin, !word.hasPrefix("/"), let end = mark.file.lastIndex(of: "/") else {
            return word
        }
        return mark.file[...end] + word
    }
}
