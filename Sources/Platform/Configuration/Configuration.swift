import Foundations
import YAML

/// The effective values of a table of keys: flags before environment before corral.yaml before defaults.
public struct Configuration: Sendable {
    /// One effective value with where it comes from.
    public struct Entry: Sendable {
        public let declaration: Declaration
        /// As it was written.
        public let words: [String]
        public let origin: Origin
        let value: ConfigurationValue

        /// As it was written, but paths in full.
        public var effective: [String] {
            switch (declaration.kind, value) {
            case (.path, .text(let path)): [path]
            case (_, .paths(let paths)): paths
            case (_, .texts(let texts)): texts
            default: words
            }
        }
    }

    /// In the order of the table.
    public let entries: [Entry]
    private let places: [String: Int]

    /// Settles every key of a table.
    ///
    /// - Parameters:
    ///   - flags: The words given for each option; those of options that are no keys are ignored.
    ///   - environment: All variables; an empty one counts as not set. `HOME` and `XDG_DATA_HOME` are read for paths.
    ///   - file: The mapping of corral.yaml.
    /// - Throws: `invalidArgument` that names key, origin and wanted form of a bad value, in whatever layer that counts;
    ///   and for an unknown key of corral.yaml its line and the nearest known key.
    public init(
        _ table: [Declaration], flags: [String: [String]] = [:], environment: [String: String] = [:],
        file: YAMLNode? = nil
    ) throws(Failure) {
        let written = try Self.words(of: file, table: table)
        let folders = Folders(environment: environment)
        var entries: [Entry] = []
        for declaration in table {
            let name = declaration.name
            let words: [String]
            let origin: Origin
            if let given = flags[name] {
                (words, origin) = (given, .flag(name))
            } else if let text = environment[declaration.environmentName], !text.isEmpty {
                words = declaration.words(ofVariable: text)
                origin = .environment(declaration.environmentName)
            } else if let line = written[name] {
                (words, origin) = (line.words, .file(line.mark))
            } else {
                (words, origin) = (declaration.fallback, .fallback)
            }
            let value = try declaration.value(of: words, from: origin, folders: folders)
            entries.append(Entry(declaration: declaration, words: words, origin: origin, value: value))
        }
        self.entries = entries
        places = Dictionary(entries.enumerated().map { ($1.declaration.name, $0) }) { first, _ in first }
    }

    /// The value of a key of the table; a key that is not in it is an error of the programmer.
    public subscript<Value>(key: Key<Value>) -> Value {
        guard let place = places[key.declaration.name], let value = key.read(entries[place].value) else {
            preconditionFailure("\(key.declaration.name) is not in this table")
        }
        return value
    }

    /// Where the value of a key comes from.
    public func origin<Value>(of key: Key<Value>) -> Origin {
        places[key.declaration.name].map { entries[$0].origin } ?? .fallback
    }

    private static func words(
        of file: YAMLNode?, table: [Declaration]
    ) throws(Failure) -> [String: (words: [String], mark: YAMLMark)] {
        guard let file else { return [:] }
        guard case .mapping(let pairs) = file.content else {
            throw file.mark.failure("expected keys with values, found \(file.kind)")
        }
        var words: [String: (words: [String], mark: YAMLMark)] = [:]
        for pair in pairs {
            guard let declaration = table.first(where: { $0.name == pair.key }) else {
                let near = nearest(to: pair.key, among: table.map(\.name)).map { "did you mean `\($0)`?" } ?? ""
                throw pair.keyMark.failure("there is no key `\(pair.key)`", next: near)
            }
            words[pair.key] = (try Self.words(of: pair, declaration), pair.keyMark)
        }
        return words
    }

    private static func words(of pair: YAMLPair, _ declaration: Declaration) throws(Failure) -> [String] {
        let nodes: [YAMLNode]
        if declaration.takesList, case .sequence(let items) = pair.value.content {
            nodes = items
        } else {
            nodes = [pair.value]
        }
        var words: [String] = []
        for node in nodes {
            guard case .scalar(let scalar) = node.content, scalar.value != .null else {
                let found = if case .scalar = node.content { "nothing" } else { node.kind }
                throw declaration.failure("expected \(declaration.form), found \(found)", from: .file(node.mark))
            }
            words.append(scalar.text)
        }
        return words
    }
}
