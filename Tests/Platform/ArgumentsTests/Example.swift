import Arguments
import Foundations

let example = Command(
    "corral", "Serve environments.", version: "corral 0.1.0",
    options: [
        .value(
            "log-level", "LEVEL", fallback: "info", completion: .choices(["debug", "info", "error"]), "What to log."),
        .flag("verbose", short: "v", "Say more."),
    ],
    subcommands: [
        Command(
            "serve", "Serve environments over HTTP.", discussion: "Listens until it is told to stop.",
            options: [
                .value("port", short: "p", "PORT", fallback: "7878", "The port to listen on; 0 picks a free one."),
                .list("environments", "DIRECTORY", completion: .directories, "A folder of manifests."),
                .flag("insecure", short: "k", "Allow callers without a key."),
                .value("tls-key", "FILE", completion: .files, "The private key."),
                .remaining("worker-command", "WORD", "The worker that serves every session."),
            ]),
        Command(
            "run", "Run one episode.",
            options: [.value("seed", "SEED", "The seed."), .flag("render", fallback: true, "Show frames.")],
            positionals: [
                Positional("ENVIRONMENT", .required, "What to run."),
                Positional("ACTIONS", .any, completion: .choices(["left", "right"]), "What to do."),
            ]),
        Command(
            "key", "Manage keys.",
            subcommands: [
                Command("create", "Make a key.", positionals: [Positional("NAME", .optional, "Its name.")]),
                Command("revoke", "End a key.", positionals: [Positional("ID", .some, "Which.")]),
            ]),
    ])

func invocation(_ words: String...) throws -> Invocation {
    guard case .run(let invocation) = try example.parse(words) else { throw Failure(.internal, "shows a text") }
    return invocation
}

func shown(_ words: String...) throws -> String {
    guard case .show(let text) = try example.parse(words) else { throw Failure(.internal, "shows no text") }
    return text
}

func refusal(_ words: String...) -> Failure {
    do {
        _ = try example.parse(words)
        return Failure(.internal, "no error")
    } catch {
        return error
    }
}
