import Arguments
import Foundations
import Glibc

/// The program: reads the command line and hands it to one subcommand.
@main
struct Corral {
    static func main() async {
        do throws(Failure) {
            switch try program.parse(CommandLine.arguments.dropFirst()) {
            case .show(let text): print(text)
            case .run(let invocation): try await run(invocation)
            }
        } catch {
            complain(error)
            exit(error.code.exitStatus)
        }
    }

    /// Every subcommand by its path, with its declaration.
    static let subcommands: [any Subcommand.Type] = [
        RunCommand.self, ServeCommand.self, EnvironmentCommand.self, SessionCommand.self, DoctorCommand.self,
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

    private static func complain(_ failure: Failure) {
        var text = "corral: \(failure.message)\n"
        if !failure.next.isEmpty { text += "        \(failure.next)\n" }
        writeError(text)
    }
}

/// One subcommand of the program, in a file of its own.
protocol Subcommand: SendableMetatype {
    static var declaration: Command { get }
    static func run(_ invocation: Invocation) async throws(Failure)
}
