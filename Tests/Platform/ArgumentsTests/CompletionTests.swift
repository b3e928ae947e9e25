import Arguments
import Testing

private let lines: [(words: [String], offered: [String])] = [
    (["corral", "s"], ["serve"]), (["corral", ""], ["help", "key", "run", "serve"]),
    (["corral", "key", "c"], ["create"]),
    (["corral", "serve", "--po"], ["--port"]), (["corral", "--log-level", "e"], ["error"]),
    (["corral", "serve", "--port", "80", "--inse"], ["--insecure"]),
    (["corral", "serve", "--no-i"], ["--no-insecure"]),
    (["corral", "serve", "--log-level", "d"], ["debug"]), (["corral", "run", "x", "l"], ["left"]),
    (["corral", "run", "--no-re"], ["--no-render"]), (["corral", "run", "--", "--re"], []),
    (["corral", "serve", "--port", ""], []), (["corral", "-v", "key", "r"], ["revoke"]),
    (["corral", "serve", "--worker-command", "python", "--po"], ["<files>"]),
    (["corral", "serve", "--tls-key", "--po"], ["<files>"]),
    (["corral", "serve", "--environments", "x"], ["<folders>"]),
]

private func list(_ words: [String]) -> String { words.map { "'\($0)'" }.joined(separator: " ") }

@Test(.enabled(if: isInstalled("bash"), "needs bash"))
func `bash completes commands, options and values`() throws {
    let script = example.completionScript(for: .bash)
    #expect(try run(script, with: "bash -n").output == "")
    let joined: [(words: [String], offered: [String])] = [
        (["corral", "serve", "--log-level", "="], ["debug", "error", "info"]),
        (["corral", "serve", "--log-level", "=", "d"], ["debug"]),
        (["corral", "serve", "--log-level", "=", "info", "--po"], ["--port"]),
    ]
    for (words, offered) in lines + joined {
        let test = """
            set -u
            \(script)
            compgen() {
                case "$1" in -f) echo "<files>" ;; -d) echo "<folders>" ;; *) builtin compgen "$@" ;; esac
            }
            COMP_WORDS=(\(list(words))); COMP_CWORD=\(words.count - 1); _corral
            (( ${#COMPREPLY[@]} )) && printf '%s\\n' "${COMPREPLY[@]}" | sort
            complete -p corral
            """
        let result = try run(test, with: "bash")
        let expected = (offered + ["complete -F _corral corral", ""]).joined(separator: "\n")
        #expect(result.output == expected, "\(words)")
    }
}

@Test(.enabled(if: isInstalled("zsh"), "needs zsh"))
func `zsh completes commands, options and values`() throws {
    let script = example.completionScript(for: .zsh)
    #expect(try run(script, with: "zsh -n").output == "")
    let joined: [(words: [String], offered: [String])] = [
        (["corral", "serve", "--log-level="], ["debug", "error", "info"]),
        (["corral", "serve", "--log-level=d"], ["debug"]), (["corral", "serve", "--nothing=d"], []),
    ]
    for (words, offered) in lines + joined {
        let test = """
            compdef() { }
            \(script)
            _files() { [[ "$1" == -/ ]] && print "<folders>" || print "<files>" }
            compset() { PREFIX=${PREFIX#*=} }
            _describe() {
                local item
                for item in "${(P@)@[-1]}"; do [[ $item == $PREFIX* ]] && print -r -- "${item%%:*}"; done | sort
            }
            words=(\(list(words))); CURRENT=\(words.count); PREFIX=${words[-1]}
            _corral
            true
            """
        let result = try run(test, with: "zsh -f")
        #expect(result.output == offered.map { $0 + "\n" }.joined(), "\(words)")
    }
}
