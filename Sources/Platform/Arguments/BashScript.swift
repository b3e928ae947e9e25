struct BashScript: CompletionOffers {
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
            \(walk.step(skipped: #"-n $sticks || $word == "=""#))
                done
                [[ $current == "=" ]] && current=
            \(walk.offers(at: "$current", by: self))
            }
            complete -F \(walk.function) \(program.name)

            """
    }

    func commands(_ items: [(name: String, summary: String)]) -> String { words(items.map(\.name)) }

    func options(_ place: Place) -> String { words(place.spellings) }

    func offer(_ completion: Completion) -> String? {
        switch completion {
        case .none: nil
        case .choices(let choices): words(choices)
        case .files: #"compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current")"#
        case .directories: #"compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$current")"#
        }
    }

    private func words(_ words: [String]) -> String {
        #"mapfile -t COMPREPLY < <(compgen -W \#(quoted(words.joined(separator: " "))) -- "$current")"#
    }
}
