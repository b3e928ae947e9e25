struct ZshScript {
    let program: Command

    var text: String {
        let walk = CompletionWalk(program: program)
        return """
            #compdef \(program.name)
            # Completes \(program.name) in zsh.
            \(walk.function)() {
                local command=\(quoted(program.name)) expecting= sticks= ended= word
                local -a offers
                local -i index count=0
                for ((index = 2; index < CURRENT; index++)); do
                    word="${words[index]}"
                    [[ -n $sticks ]] && continue
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
                if [[ -z $expecting && -z $ended && "${words[CURRENT]}" == --*=* ]]; then
                    word="${words[CURRENT]%%=*}"
                    compset -P '*='
                    case "$command $word" in
            \(indented(walk.arms, by: 12))
                    esac
                    [[ -n $expecting ]] || return 1
                fi
                if [[ -n $expecting ]]; then
                    case "$command:$expecting" in
            \(indented(walk.values.compactMap { value in Self.offer(value.completion).map { "\(quoted(value.label))) \($0) ;;" } }, by: 12))
                    esac
                elif [[ "${words[CURRENT]}" == -* && -z $ended ]]; then
                    case "$command" in
            \(indented(walk.places.map { "\(quoted($0.path))) \(Self.options($0)) ;;" }, by: 12))
                    esac
                else
                    case "$command:$count" in
            \(indented(walk.places.flatMap(Self.free), by: 12))
                    esac
                fi
            }
            if [[ "${funcstack[1]}" == \(quoted(walk.function)) ]]; then
                \(walk.function) "$@"
            else
                compdef \(walk.function) \(program.name)
            fi

            """
    }

    private static func free(_ place: Place) -> [String] {
        let commands = place.command.subcommands
        guard commands.isEmpty else {
            let items = commands.map { ($0.name, $0.summary) } + [("help", "Explain a command.")]
            return ["\(quoted(place.path)):*) \(described("command", items)) ;;"]
        }
        return place.command.positionals.enumerated().compactMap { index, positional in
            let count = positional.isRepeated ? "*" : String(index)
            return offer(positional.completion).map { "\(quoted(place.path)):\(count)) \($0) ;;" }
        }
    }

    private static func offer(_ completion: Completion) -> String? {
        switch completion {
        case .none: nil
        case .choices(let choices): described("value", choices.map { ($0, "") })
        case .files: "_files"
        case .directories: "_files -/"
        }
    }

    private static func options(_ place: Place) -> String {
        described("-o option", place.options.flatMap { option in option.spellings.map { ($0, option.summary) } })
    }

    private static func described(_ title: String, _ items: [(name: String, summary: String)]) -> String {
        let words = items.map { item in
            let name = item.name.split(separator: ":", omittingEmptySubsequences: false).joined(separator: "\\:")
            return quoted(item.summary.isEmpty ? name : "\(name):\(item.summary)")
        }
        return "offers=(\(words.joined(separator: " "))); _describe \(title) offers"
    }
}
