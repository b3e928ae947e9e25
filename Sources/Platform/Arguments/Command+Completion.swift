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

    /// What to offer for the value of each option: `PATH:OPTION` and its completion.
    var values: [(label: String, completion: Completion)] {
        places.flatMap { place in
            place.options.filter { $0.kind != .flag }.map { ("\(place.path):\($0.name)", $0.completion) }
        }
    }
}

/// A word that both shells read literally.
func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
