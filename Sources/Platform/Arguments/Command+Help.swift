extension Command {
    /// The help of the program, or of a subcommand by its path; nil where there is none.
    public func help(_ path: [String] = []) -> String? {
        var place = Place(self)
        for name in path {
            guard let subcommand = place.command.subcommand(name) else { return nil }
            place = place.entering(subcommand)
        }
        return place.help
    }
}

extension Place {
    private static let width = 100

    var help: String {
        let command = command
        var sections = [command.summary, "Usage: \(usage)"]
        let paragraphs = command.discussion.split(separator: "\n\n")
        sections += paragraphs.map { Self.wrap(String($0), to: Self.width).joined(separator: "\n") }
        sections.append(Self.section("Commands", command.subcommands.map { ($0.name, $0.summary) }))
        sections.append(
            Self.section("Arguments", command.positionals.map { ($0.name, Self.noted($0.summary, $0.completion)) }))
        sections.append(Self.section("Options", (command.own + [.help]).map { ($0.label, $0.note) }))
        let inherited = inherited.filter { $0 != .help }
        sections.append(Self.section("Options of every command", inherited.map { ($0.label, $0.note) }))
        if !command.subcommands.isEmpty { sections.append("`\(path) COMMAND --help` explains a command.") }
        return sections.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    private var usage: String {
        var words = [path, "[options]"]
        if !command.subcommands.isEmpty { words.append("COMMAND") }
        return (words + command.positionals.map(\.usage)).joined(separator: " ")
    }

    fileprivate static func noted(_ summary: String, _ completion: Completion) -> String {
        guard case .choices(let choices) = completion else { return summary }
        return "\(summary) (\(choices.joined(separator: ", ")))"
    }

    private static func section(_ title: String, _ rows: [(label: String, text: String)]) -> String {
        guard !rows.isEmpty else { return "" }
        let column = min(30, (rows.map(\.label.count).max() ?? 0) + 4)
        let lines = rows.map { row in
            let indent = String(repeating: " ", count: column)
            let text = wrap(row.text, to: width - column).joined(separator: "\n" + indent)
            guard row.label.count + 4 <= column else { return "  \(row.label)\n\(indent)\(text)" }
            return "  " + row.label + String(repeating: " ", count: column - 2 - row.label.count) + text
        }
        return "\(title):\n" + lines.joined(separator: "\n")
    }

    private static func wrap(_ text: String, to width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}

extension Option {
    fileprivate var label: String {
        let long = isNegatable ? "--[no-]\(name)" : "--\(name)"
        let takesMany = kind == .remaining || kind == .words
        let value = takesMany ? " \(placeholder)..." : placeholder.isEmpty ? "" : " \(placeholder)"
        return (short.map { "-\($0), " } ?? "    ") + long + value
    }

    fileprivate var note: String {
        var text = Place.noted(summary, completion)
        if kind == .list { text += " May be repeated." }
        if kind == .words { text += " Takes the words that follow, up to the next option of this command." }
        if kind == .remaining { text += " Takes all words that follow." }
        if let fallback { text += " [default: \(fallback)]" }
        return text
    }
}
