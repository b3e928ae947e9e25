import Arguments
import Foundations

/// `corral completion`.
enum CompletionCommand: Subcommand {
    static let declaration = Command(
        "completion", "Print a script that completes commands and options in a shell.",
        discussion: """
            bash: corral completion bash > ~/.local/share/bash-completion/completions/corral

            zsh: corral completion zsh > _corral, in a folder that fpath names
            """,
        positionals: [.init("SHELL", .required, completion: .choices(Shell.allCases.map(\.rawValue)), "Which shell.")])

    static func run(_ invocation: Invocation) async throws(Failure) {
        let name = invocation.argument("SHELL") ?? ""
        let names = Shell.allCases.map(\.rawValue)
        guard let shell = Shell(rawValue: name) else {
            throw Failure(
                .invalidArgument, "there is no completion for `\(name)`",
                next: "there is one for \(names.joined(separator: " and "))")
        }
        Output.standard.write(Corral.program.completionScript(for: shell))
    }
}
