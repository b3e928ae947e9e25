import Arguments
import Foundations
import Glibc

/// The program: reads the command line and hands it to one subcommand.
@main
struct Corral {
    static func main() async {
        var path: [String] = []
        do throws(Failure) {
            switch try program.parse(CommandLine.arguments.dropFirst()) {
            case .show(let text): Output.standard.write(text.hasSuffix("\n") ? text : text + "\n")
            case .run(let invocation):
                path = invocation.path
                try await run(invocation)
            }
        } catch {
            complain(error, path)
            exit(error.code.exitStatus)
        }
    }

    /// Every subcommand by its path, with its declaration.
    static let subcommands: [any Subcommand.Type] = [
        RunCommand.self, ServeCommand.self, EnvironmentCommand.self, SearchCommand.self, PublishCommand.self,
        PullCommand.self, CatalogCommand.self, CacheCommand.self, SessionCommand.self, TrajectoryCommand.self,
        ReplayCommand.self, CertifyCommand.self, VerifyCommand.self, BehaviourCommand.self,
        DoctorCommand.self,
        TrainCommand.self, PlayCommand.self, ViewCommand.self, CheckCommand.self, CompatCommand.self, KeyCommand.self,
        ReviewCommand.self, AccessCommand.self, AuditCommand.self, UsageCommand.self,
        ConfigCommand.self, CompletionCommand.self, VersionCommand.self,
    ]

    static let program = Command(
        "corral", "Runs reinforcement learning and agent environments in isolated sessions.", version: Version.current,
        subcommands: subcommands.map { $0.declaration })

    private static func run(_ invocation: Invocation) async throws(Failure) {
        for subcommand in subcommands where subcommand.declaration.name == invocation.path.first {
            return try await subcommand.run(invocation)
        }
        throw Failure(.invalidArgument, "no command was given", next: "corral --help lists them")
    }

    private static func complain(_ failure: Failure, _ path: [String]) {
        let next = failure.next.isEmpty ? remedy(failure.code, path) : failure.next
        Output.errors.write("corral: \(failure.message)\n        \(next)\n")
    }

    /// What to do where the failure itself does not say it.
    private static func remedy(_ code: Failure.Code, _ path: [String]) -> String {
        switch code.exitStatus {
        case 2: "see `\((["corral"] + path).joined(separator: " ")) --help`"
        case 3: "check the name"
        case 5: "`corral env validate --run` tries an environment; `corral session logs` shows what its worker wrote"
        case 6: "try again later; `corral doctor` checks this machine"
        case 70: "this is an error of Corral: report it with what you did"
        default: "`corral doctor` and `corral config` tell what is in force here"
        }
    }
}

/// One subcommand of the program, in a file of its own.
protocol Subcommand: SendableMetatype {
    static var declaration: Command { get }
    static func run(_ invocation: Invocation) async throws(Failure)
}
