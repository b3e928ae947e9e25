struct ZshScript: CompletionOffers {
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
            \(walk.step(skipped: "-n $sticks"))
                done
                if [[ -z $expecting && -z $ended && "${words[CURRENT]}" == --*=* ]]; then
                    word="${words[CURRENT]%%=*}"
                    compset -P '*='
                    case "$command $word" in
            \(indented(walk.arms, by: 12))
                    esac
                    [[ -n $expecting ]] || return 1
                fi
            \(walk.offers(at: #""${words[CURRENT]}""#, by: self))
            }
            if [[ "${funcstack[1]}" == \(quoted(walk.function)) ]]; then
                \(walk.function) "$@"
            else
                compdef \(walk.function) \(program.name)
            fi

            """
    }

    func commands(_ items: [(name: String, summary: String)]) -> String { described("command", items) }

    func options(_ place: Place) -> String {
        described("-o option", place.options.flatMap { option in option.spellings.map { ($0, option.summary) } })
    }

    func offer(_ completion: Completion) -> String? {
        switch completion {
        case .none: nil
        case .choices(let choices): described("value", choices.map { ($0, "") })
        case .files: "_files"
        case .directories: "_files -/"
        }
    }

    private func described(_ title: String, _ items: [(name: String, summary: String)]) -> String {
        let words = items.map { item in
            let name = item.name.split(separator: ":", omittingEmptySubsequences: false).joined(separator: "\\:")
            return quoted(item.summary.isEmpty ? name : "\(name):\(item.summary)")
        }
        return "offers=(\(words.joined(separator: " "))); _describe \(title) offers"
    }
}
