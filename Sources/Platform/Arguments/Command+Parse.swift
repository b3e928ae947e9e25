import Foundations

extension Command {
    /// Reads the words after the program's name.
    ///
    /// Options and arguments may be mixed; `--` ends the options. A word that begins with a dash is a value only where
    /// it is a negative number, is joined to its option by `=`, or follows an option that takes all remaining words.
    /// `help COMMAND` is `COMMAND --help`.
    ///
    /// - Throws: `invalidArgument` (exit status 2), with the nearest option or subcommand in `next`.
    public func parse(_ words: some Sequence<String>) throws(Failure) -> Request {
        var reader = Reader(place: Place(self), words: Array(words))
        return try reader.read()
    }
}

private struct Reader {
    var place: Place
    let words: [String]
    var index = 0
    var isTerminated = false
    var invocation = Invocation()
    var free: [String] = []
    var shown: String?

    init(place: Place, words: [String]) {
        self.place = place
        self.words = words
    }

    mutating func read() throws(Failure) -> Request {
        while index < words.count, shown == nil {
            let word = words[index]
            index += 1
            if isTerminated || word == "-" || !word.hasPrefix("-") || isNegativeNumber(word) {
                try take(word)
            } else if word == "--" {
                isTerminated = true
            } else if word.hasPrefix("--") {
                try takeLong(word.dropFirst(2))
            } else {
                try takeShort(word.dropFirst())
            }
        }
        if let shown { return .show(shown) }
        try finish()
        return .run(invocation)
    }

    private mutating func take(_ word: String) throws(Failure) {
        guard !place.command.subcommands.isEmpty else {
            free.append(word)
            return
        }
        if word == "help", place.command.subcommand("help") == nil {
            var target = place
            for word in words[index...] { target = try enter(word, from: target) }
            shown = target.help
            return
        }
        place = try enter(word, from: place)
        invocation.path.append(word)
    }

    private func enter(_ word: String, from place: Place) throws(Failure) -> Place {
        guard let subcommand = place.command.subcommand(word) else {
            let near = nearest(to: word, among: place.command.subcommands.map(\.name))
            throw place.failure("`\(place.path)` has no command `\(word)`", near.map { "did you mean `\($0)`?" } ?? "")
        }
        return place.entering(subcommand)
    }

    private mutating func takeLong(_ text: Substring) throws(Failure) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let joined = parts.count == 2 ? String(parts[1]) : nil
        if let option = place.option(long: name) {
            try take(option, as: "--" + name, joined: joined)
        } else if name.hasPrefix("no-"), let option = place.option(long: String(name.dropFirst(3))), option.isNegatable
        {
            guard joined == nil else { throw place.failure("--\(name) takes no value") }
            set(option, to: ["false"])
        } else {
            throw unknown("--" + name)
        }
    }

    private mutating func takeShort(_ text: Substring) throws(Failure) {
        var rest = text
        while let letter = rest.popFirst() {
            guard let option = place.option(short: letter) else { throw unknown("-\(letter)") }
            guard option.kind != .flag else {
                try take(option, as: "-\(letter)", joined: nil)
                continue
            }
            if rest.first == "=" { rest = rest.dropFirst() }
            return try take(option, as: "-\(letter)", joined: rest.isEmpty ? nil : String(rest))
        }
    }

    private mutating func take(_ option: Option, as spelling: String, joined: String?) throws(Failure) {
        switch option.kind {
        case .flag:
            guard joined == nil || joined == "true" || joined == "false" else {
                throw place.failure("\(spelling) is on or off and takes no value but true or false")
            }
            if option == .help {
                shown = place.help
            } else if option == .version {
                shown = place.command.version
            } else {
                set(option, to: [joined ?? "true"])
            }
        case .value, .list:
            let word = if let joined { joined } else { try next(for: option, spelling) }
            let value = try check(word, for: option, spelling)
            set(option, to: option.kind == .list ? invocation.texts(option.name) + [value] : [value])
        case .remaining:
            let taken = (joined.map { [$0] } ?? []) + words[index...]
            guard !taken.isEmpty else {
                throw place.failure("\(spelling) needs at least one word after it: \(option.placeholder)")
            }
            set(option, to: taken)
            index = words.count
        case .words:
            let following = joined == nil ? words[index...].prefix { !isKnownLong($0) } : []
            let taken = (joined.map { [$0] } ?? []) + following
            guard !taken.isEmpty else {
                throw place.failure("\(spelling) needs at least one word after it: \(option.placeholder)")
            }
            set(option, to: taken)
            index += following.count
        }
    }

    /// Whether a word is a long option of the command, with or without a value.
    private func isKnownLong(_ word: String) -> Bool {
        guard word.hasPrefix("--") else { return false }
        let spelling = String(word.prefix { $0 != "=" })
        return place.spellings.contains(spelling)
    }

    private mutating func next(for option: Option, _ spelling: String) throws(Failure) -> String {
        guard index < words.count else { throw place.failure("\(spelling) needs a value: \(option.placeholder)") }
        let word = words[index]
        guard word == "-" || !word.hasPrefix("-") || isNegativeNumber(word) else {
            throw place.failure(
                "\(spelling) needs a value: \(option.placeholder)",
                "a value that begins with a dash is written --\(option.name)=\(word)")
        }
        index += 1
        return word
    }

    private func check(_ value: String, for option: Option, _ spelling: String) throws(Failure) -> String {
        guard case .choices(let choices) = option.completion, !choices.contains(value) else { return value }
        let near = nearest(to: value, among: choices).map { "did you mean `\($0)`?" } ?? ""
        throw place.failure("\(spelling): `\(value)` is none of \(choices.joined(separator: ", "))", near)
    }

    private mutating func set(_ option: Option, to words: [String]) { invocation.values[option.name] = words }

    private func unknown(_ spelling: String) -> Failure {
        let near = nearest(to: spelling, among: place.spellings)
        return place.failure("`\(place.path)` has no option `\(spelling)`", near.map { "did you mean `\($0)`?" } ?? "")
    }

    private mutating func finish() throws(Failure) {
        guard place.command.subcommands.isEmpty else {
            let names = place.command.subcommands.map(\.name).joined(separator: ", ")
            throw place.failure("`\(place.path)` needs a command", "it is one of \(names)")
        }
        for option in place.options.reversed() { invocation.declared[option.name] = option }
        var rest = free[...]
        for positional in place.command.positionals {
            let taken = positional.isRepeated ? rest : rest.prefix(1)
            guard !positional.isRequired || !taken.isEmpty else { throw place.failure("\(positional.name) is missing") }
            rest = rest.dropFirst(taken.count)
            invocation.arguments[positional.name] = Array(taken)
        }
        if let extra = rest.first { throw place.failure("`\(extra)` is one argument too many") }
    }

    /// Whether a word is `-5` or `-0.5e3` and no option that begins with that digit is declared.
    private func isNegativeNumber(_ word: String) -> Bool {
        guard word.hasPrefix("-"), let first = word.dropFirst().first, first == "." || first.isWholeNumber else {
            return false
        }
        return Double(word) != nil && place.option(short: first) == nil
    }
}
