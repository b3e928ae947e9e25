/// The shells that a completion script can be made for.
public enum Shell: String, Sendable, CaseIterable {
    case bash, zsh
}

extension Command {
    /// A script that makes a shell complete this program's commands, options and values.
    ///
    /// - bash: source it, or save it as `NAME` in `~/.local/share/bash-completion/completions`.
    /// - zsh: save it as `_NAME` in a folder of `fpath`, or source it after `compinit`.
    public func completionScript(for shell: Shell) -> String {
        switch shell {
        case .bash: BashScript(program: self).text
        case .zsh: ZshScript(program: self).text
        }
    }
}

/// The part that both scripts share: walks the words before the cursor and leaves in `command` the path of the command,
/// in `expecting` the option whose value comes next, and in `count` the number of arguments.
struct CompletionWalk {
    let places: [Place]
    let function: String

    init(program: Command) {
        places = Place(program).all
        function = "_" + String(program.name.map { $0.isLetter || $0.isNumber ? $0 : "_" })
    }

    /// The arms of `case "$command $word" in`.
    var arms: [String] {
        known + [#"*) [[ $word == -* ]] || count=$((count + 1)) ;;"#]
    }

    private var known: [String] {
        places.flatMap { place in
            let commands = place.command.subcommands.map {
                "\(quoted("\(place.path) \($0.name)"))) command=\"$command $word\" ;;"
            }
            let options = place.options.filter { $0.kind != .flag }.map { option in
                let words = option.spellings.map { quoted("\(place.path) \($0)") }.joined(separator: "|")
                let sticks = option.kind == .remaining || option.kind == .words ? " sticks=1" : ""
                return "\(words)) expecting=\(option.name)\(sticks) ;;"
            }
            return commands + options
        }
    }

    /// The body of the loop over the words before the cursor; it keeps its state in `expecting`, `sticks`, `ended`,
    /// `command` and `count`.
    ///
    /// - Parameter skipped: When a word is passed over.
    func step(skipped: String) -> String {
        """
                [[ \(skipped) ]] && continue
                if [[ -n $expecting ]]; then
                    expecting=
                    continue
                fi
                if [[ -n $ended ]]; then
                    count=$((count + 1))
                    continue
                fi
                [[ $word == "--" ]] && ended=1
                case "$command $word" in
        \(indented(arms, by: 12))
                esac
        """
    }

    /// What to offer at the cursor: values of an option, options, or commands and arguments.
    ///
    /// - Parameters:
    ///   - current: The word at the cursor, as the shell writes it.
    func offers(at current: String, by shell: some CompletionOffers) -> String {
        let values = places.flatMap { place in
            place.options.filter { $0.kind != .flag }.compactMap { option in
                shell.offer(option.completion).map { "\(quoted("\(place.path):\(option.name)"))) \($0) ;;" }
            }
        }
        return """
                if [[ -n $expecting ]]; then
                    case "$command:$expecting" in
            \(indented(values, by: 12))
                    esac
                elif [[ \(current) == -* && -z $ended ]]; then
                    case "$command" in
            \(indented(places.map { "\(quoted($0.path))) \(shell.options($0)) ;;" }, by: 12))
                    esac
                else
                    case "$command:$count" in
            \(indented(places.flatMap { free($0, by: shell) }, by: 12))
                    esac
                fi
            """
    }

    private func free(_ place: Place, by shell: some CompletionOffers) -> [String] {
        let commands = place.command.subcommands
        guard commands.isEmpty else {
            let items = commands.map { ($0.name, $0.summary) } + [("help", "Explain a command.")]
            return ["\(quoted(place.path)):*) \(shell.commands(items)) ;;"]
        }
        return place.command.positionals.enumerated().compactMap { index, positional in
            let count = positional.isRepeated ? "*" : String(index)
            return shell.offer(positional.completion).map { "\(quoted(place.path)):\(count)) \($0) ;;" }
        }
    }
}

/// How a shell is told what fits at the cursor; each answer is a statement of its language.
protocol CompletionOffers {
    func commands(_ items: [(name: String, summary: String)]) -> String
    func options(_ place: Place) -> String
    /// Nil where there is nothing to offer.
    func offer(_ completion: Completion) -> String?
}

/// Lines for a shell; one that does nothing where there are none, because an empty `case` is a syntax error in zsh.
func indented(_ lines: [String], by count: Int) -> String {
    let indent = String(repeating: " ", count: count)
    return (lines.isEmpty ? ["*) ;;"] : lines).map { indent + $0 }.joined(separator: "\n")
}

/// A word that both shells read literally.
func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
