import Arguments
import Foundations
import Glibc

/// `corral train`.
enum TrainCommand: Subcommand {
    static let declaration = Command(
        "train", "Train an agent by the settings of its environment.",
        discussion: """
            Runs python -m corral.rl train, which needs PyTorch. What comes of it (settings, checkpoints, TensorBoard's \
            events) is left in runs/ENVIRONMENT/TIME.
            """,
        options: [
            Training.environment,
            .value("sim-backend", "NAME", "The implementation of an environment of corral.registry."),
            .value("num-envs", "NUMBER", "Environments that step together; the settings say how many."),
            .flag("render", "Show the agent in the terminal after training."),
            .value(
                "train-backend", "NAME", fallback: "torch", completion: .choices(["jax", "torch"]),
                "What computes: torch; jax is known and not offered."),
            .value("rllib", "NAME", fallback: "corral", "The library whose settings are read: corral or sb3."),
            Training.seed, .flag("rand-seed", "Draw the seed, whatever the settings say."),
            .list("set", "NAME=VALUE", "Another value for a setting; JSON or text."),
            .value("goal", "RETURN", "End when 100 episodes have this mean return."),
            .value("seconds", "NUMBER", "End after this time."),
        ] + Training.shared)

    static func run(_ invocation: Invocation) async throws(Failure) { throw try Training.become(invocation) }
}

/// `corral play`.
enum PlayCommand: Subcommand {
    static let declaration = Command(
        "play", "Let a trained agent act.",
        discussion: "Runs python -m corral.rl play, which needs PyTorch.",
        options: [
            Training.environment,
            .value(
                "policy", "FILE", completion: .files,
                "The agent (default: the best one of the newest run in the environment)."),
            .value("num-envs", "NUMBER", fallback: "1", "Environments that step together."),
            .value("episodes", short: "n", "NUMBER", fallback: "10", "How many episodes to play."),
            .flag("render", "Show the first environment in the terminal."), Training.seed,
        ] + Training.shared)

    static func run(_ invocation: Invocation) async throws(Failure) { throw try Training.become(invocation) }
}

/// `corral view`.
enum ViewCommand: Subcommand {
    static let declaration = Command(
        "view", "Look at an environment under random actions, at its own pace.",
        discussion: "Runs python -m corral.rl view.",
        options: [
            Training.environment, .value("num-envs", "NUMBER", fallback: "1", "Environments that step together."),
            .value("seconds", "NUMBER", fallback: "10", "How long."), Training.seed,
        ] + Training.shared)

    static func run(_ invocation: Invocation) async throws(Failure) { throw try Training.become(invocation) }
}

/// What the three have in common: they are Python's.
enum Training {
    static let environment = Option.value(
        "env", short: "e", "ENVIRONMENT", fallback: "cartpole",
        "A native environment, a reference, or a registered name.")
    static let seed = Option.value("seed", short: "s", "NUMBER", "Makes it repeatable.")
    static let shared: [Option] = [
        .value("runs", "FOLDER", fallback: "runs", completion: .directories, "Where runs are left and looked for."),
        .list("import", "MODULE", "A Python module that registers environments or settings."),
    ]

    /// Becomes the Python program, and returns only where that fails.
    ///
    /// The interpreter is `CORRAL_PYTHON`, else the one with PyTorch of a checkout (`make training`), else that of the
    /// environments, else `python3`.
    static func become(_ invocation: Invocation) throws(Failure) -> Failure {
        let installation = Installation.find()
        let variables = environmentVariables()
        let python = variables["CORRAL_PYTHON"] ?? installation.trainer ?? installation.python ?? "python3"
        if let sdk = installation.sdk, access(sdk + "/corral/rl", F_OK) == 0 {
            setenv("PYTHONPATH", variables["PYTHONPATH"].map { "\(sdk):\($0)" } ?? sdk, 1)
        }
        let words = [python, "-m", "corral.rl"] + invocation.path + arguments(invocation)
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        pointers.append(nil)
        execvp(python, pointers)
        return Failure(
            .failedPrecondition, "cannot run \(python): \(String(cString: strerror(errno)))",
            next: "set CORRAL_PYTHON to an interpreter that has corral and PyTorch")
    }

    /// The options as they were given, by name.
    static func arguments(_ invocation: Invocation) -> [String] {
        invocation.givenOptions.sorted { $0.key < $1.key }.flatMap { name, words -> [String] in
            if words == ["true"], isFlag(name) { return ["--\(name)"] }
            if words == ["false"], isFlag(name) { return [] }
            return words.map { "--\(name)=\($0)" }
        }
    }

    private static func isFlag(_ name: String) -> Bool { ["render", "rand-seed"].contains(name) }
}
