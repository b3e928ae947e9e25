import Arguments
import Foundations
import JSON

extension SessionCommand {
    static func checkpoint(_ invocation: Invocation, _ client: ServerClient) async throws(Failure) {
        let id = invocation.argument("ID") ?? ""
        let answer = try await client.json("POST", ServerClient.target(["v1", "sessions", id, "checkpoint"]))
        guard !invocation.flag("json") else { return printJSON(answer) }
        Output.standard.write(answer.words("id") + "\n")
    }

    static func restore(_ invocation: Invocation, _ client: ServerClient) async throws(Failure) {
        guard let id = invocation.argument("CHECKPOINT") else { return try await listCheckpoints(invocation, client) }
        let answer = try await client.json("POST", ServerClient.target(["v1", "checkpoints", id, "restore"]))
        guard !invocation.flag("json") else { return printJSON(answer) }
        Output.standard.write(answer.words("id") + "\n")
    }

    private static func listCheckpoints(_ invocation: Invocation, _ client: ServerClient) async throws(Failure) {
        let answer = try await client.json("GET", ServerClient.target(["v1", "checkpoints"]))
        guard !invocation.flag("json") else { return printJSON(answer) }
        let checkpoints = answer["checkpoints"]?.array ?? []
        guard !checkpoints.isEmpty else { return Output.standard.write("no checkpoints\n") }
        var table = Table(
            columns: [
                ("id", .left), ("environment", .left), ("instance", .left), ("episode", .right), ("index", .right),
                ("created", .left),
            ])
        table.rows = checkpoints.map { checkpoint in
            ["id", "environment", "instance", "episode", "index", "created_at"].map { checkpoint.words($0) }
        }
        Output.standard.write(table.text)
    }
}
