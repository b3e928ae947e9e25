struct BashScript {
    let program: Command

    var text: String {
        let walk = CompletionWalk(program: program)
        return """
            # Completes \(program.name) in bash.
            \(walk.function)() {
                local current="${COMP_WORDS[COMP_CWORD]}" command=\(quoted(program.name)) expecting= sticks= ended= word index count=0
                COMPREPLY=()
                for ((index = 1; index < COMP_CWORD; index++)); do
                    word="${COMP_WORDS[index]}"
                    [[ -n $sticks || $word == "=" ]] && continue
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
            \(indented(walk.arms, by: 12))
                    esac
                done
                [[ $current == "=" ]] && current=
                if [[ -n $expecting ]]; then
                    case "$command:$expecting" in
            \(indented(walk.values.compactMap { value in Self.offer(value.completion).map { "\(quoted(value.label))) \($0) ;;" } }, by: 12))
                    esac
                elif [[ $current == -* && -z $ended ]]; then
                    case "$command" in
            \(indented(walk.places.map { "\(quoted($0.path))) \(Self.words($0.spellings)) ;;" }, by: 12))
                    esac
                else
                    case "$command:$count" in
            \(indented(walk.places.flatMap(Self.free), by: 12))
                    esac
                fi
            }
            complete -F \(walk.function) \(program.name)

            """
    }

    private static func free(_ place: Place) -> [String] {
        let commands = place.command.subcommands
        guard commands.isEmpty else { return ["\(quoted(place.path)):*) \(words(commands.map(\.name) + ["help"])) ;;"] }
        return place.command.positionals.enumerated().compactMap { index, positional in
            let count = positional.isRepeated ? "*" : String(index)
            return offer(positional.completion).map { "\(quoted(place.path)):\(count)) \($0) ;;" }
        }
    }

    private static func offer(_ completion: Completion) -> String? {
        switch completion {
        case .none: nil
        case .choices(let choices): words(choices)
        case .files: #"compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current")"#
        case .directories: #"compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$current")"#
        }
    }

    private static func words(_ words: [String]) -> String {
        #"mapfile -t COMPREPLY < <(compgen -W \#(quoted(words.joined(separator: " "))) -- "$current")"#
    }
}

/// Lines for a shell; one that does nothing where there are none, because an empty `case` is a syntax error in zsh.
func indented(_ lines: [String], by count: Int) -> String {
    let indent = String(repeating: " ", count: count)
    return (lines.isEmpty ? ["*) ;;"] : lines).map { indent + $0 }.joined(separator: "\n")
}
