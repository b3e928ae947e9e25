import Arguments
import Compatibility
import Configuration
import Foundations
import Glibc
import JSON

/// `corral compat`.
enum CompatCommand: Subcommand {
    static let declaration = Command(
        "compat", "Tell whether an agent can play an environment, and through which adapters.",
        discussion: """
            Without --agent all agents that are known by name are tried. Spaces that a manifest does not declare are \
            asked for by starting the environment once.

            The exit status is 0 where the agent can, 1 where it cannot.
            """,
        options: [
            .flag("json", "Print JSON."),
            .value(
                "agent", "NAME|FILE", completion: .files, "A known name such as sb3-dqn, or a profile in YAML or JSON."),
            ServerURL.option,
        ] + ServerKeys.flagsOfOneCommand,
        positionals: [.init("ENVIRONMENT", .required, "Such as classic/CartPole.")])

    static func run(_ invocation: Invocation) async throws(Failure) {
        let reference = invocation.argument("ENVIRONMENT") ?? ""
        let agents: [String]
        if let name = invocation.text("agent") {
            let isFile = access(name, F_OK) == 0 && !AgentProfile.named.contains { $0.name == name }
            // Read here, so that what is wrong with it is said before anything starts.
            agents = [isFile ? try AgentProfile(file: name).json.description : try AgentProfile.find(name).name]
        } else {
            agents = AgentProfile.named.map(\.name)
        }
        let answers = try await ask(agents, reference, invocation)
        if invocation.flag("json") {
            printJSON(invocation.text("agent") == nil ? ["agents": .array(answers)] : answers.first ?? .null)
        } else {
            var table = Table(columns: [("agent", .left), ("plays", .left), ("through, or why not", .left)])
            table.rows = answers.map { answer in
                let plays = answer["compatible"] == true
                let words = (answer[plays ? "adapters" : "reasons"]?.array ?? []).compactMap(\.string)
                return [answer.words("agent"), plays ? "yes" : "no", words.joined(separator: plays ? ", " : "; ")]
            }
            Output.standard.write(table.text)
        }
        if invocation.text("agent") != nil, answers.first?["compatible"] != true { exit(1) }
    }

    private static func ask(
        _ agents: [String], _ reference: String, _ invocation: Invocation
    ) async throws(Failure) -> [JSONValue] {
        if let url = try ServerURL.given(invocation, against: ServerKeys.flagsOfOneCommand) {
            return try await ask(agents, reference, try ServerClient(url: url))
        }
        let configuration = try Configuration.read(invocation, table: ServerKeys.forOneCommand)
        let result = await cancelledBySignals { () -> Result<[JSONValue], Failure> in
            do throws(Failure) {
                let server = try await PrivateServer.start(configuration)
                let answers: Result<[JSONValue], Failure>
                do throws(Failure) { answers = .success(try await ask(agents, reference, server.client)) } catch {
                    answers = .failure(error)
                }
                await server.stop()
                return answers
            } catch { return .failure(error) }
        }
        return try result.get()
    }

    private static func ask(
        _ agents: [String], _ reference: String, _ client: ServerClient
    ) async throws(Failure) -> [JSONValue] {
        var answers: [JSONValue] = []
        for agent in agents {
            let target = ServerClient.target(
                ["v1", "environments", reference, "compatibility"], query: [("agent", agent)])
            answers.append(try await client.json("GET", target))
        }
        return answers
    }
}
