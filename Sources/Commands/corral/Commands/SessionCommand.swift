import Arguments
import Foundations
import JSON

/// `corral session …`.
enum SessionCommand: Subcommand {
    static let declaration = Command(
        "session", "Look at the sessions of a running server, and close them.",
        options: [
            .value(
                "url", "URL",
                "The server: http://HOST:PORT, https://HOST:PORT or unix:///PATH; otherwise CORRAL_URL, otherwise \(ServerURL.standard)."
            ),
            .flag("json", "Print JSON."),
        ],
        subcommands: [
            Command(
                "list", "List sessions, oldest first.",
                options: [
                    .value(
                        "state", "STATE",
                        completion: .choices(["starting", "ready", "running", "ended", "closed", "failed"]),
                        "Only those in this state; otherwise those that are not over."),
                    .value("environment", "NAME", "Only those of this environment."),
                    .value("label", "KEY[=VALUE]", "Only those with this label."),
                    .flag("all", "Also those that are over."),
                ]),
            Command("show", "Show everything about a session.", positionals: [id]),
            Command(
                "logs", "Print the last lines of a session's worker.",
                options: [.value("lines", short: "n", "NUMBER", fallback: "100", "How many, up to 1000.")],
                positionals: [id]),
            Command(
                "close", "End sessions; returns when nothing of them is left.",
                options: [.flag("branches", "Also all that descends from them by forks.")],
                positionals: [.init("ID", .some, "The ids of sessions.")]),
            Command(
                "fork", "Branch a session in mid-episode.",
                options: [
                    .value("count", short: "n", "NUMBER", fallback: "1", "How many branches."),
                    .value(
                        "seed", "NUMBER", "Start the branches' random numbers anew: this seed, the next, and so on."),
                ],
                positionals: [id]),
            Command("checkpoint", "Write down what it takes to bring a session back.", positionals: [id]),
            Command(
                "restore", "Start a session that goes on from a checkpoint; without one, list them.",
                positionals: [.init("CHECKPOINT", .optional, "The id of a checkpoint.")]),
            Command(
                "tree", "Show which session was forked from which.",
                positionals: [.init("ID", .optional, "Only this one and what descends from it.")]),
        ])

    private static let id = Positional("ID", .required, "The id of a session.")

    static func run(_ invocation: Invocation) async throws(Failure) {
        let client = try ServerClient(url: try ServerURL.given(invocation) ?? ServerURL.standard)
        switch invocation.path.last {
        case "list": try await list(invocation, client)
        case "show": try await show(invocation, client)
        case "logs": try await logs(invocation, client)
        case "fork": try await fork(invocation, client)
        case "tree": try await tree(invocation, client)
        case "checkpoint": try await checkpoint(invocation, client)
        case "restore": try await restore(invocation, client)
        default: try await close(invocation, client)
        }
    }

    private static func fork(_ invocation: Invocation, _ client: ServerClient) async throws(Failure) {
        let count = try invocation.integer("count", in: 1...10_000) ?? 1
        let answer = try await client.json(
            "POST", ServerClient.target(["v1", "sessions", invocation.argument("ID") ?? "", "fork"]),
            body: [
                "count": .integer(Int64(count)),
                "seed": try invocation.integer("seed", in: 0...Int.max).map { .integer(Int64($0)) } ?? .null,
            ])
        guard !invocation.flag("json") else { return printJSON(answer) }
        for session in answer["sessions"]?.array ?? [] { Output.standard.write(session.words("id") + "\n") }
        let milliseconds = shortNumber(answer["duration_ms"]?.double ?? 0)
        Output.errors.write("by \(answer.words("mechanism")) in \(milliseconds) ms\n")
    }

    private static func tree(_ invocation: Invocation, _ client: ServerClient) async throws(Failure) {
        let tree = SessionTree(try await all(invocation, client), root: invocation.argument("ID"))
        guard !invocation.flag("json") else { return printJSON(tree.json) }
        Output.standard.write(tree.isEmpty ? "no sessions\n" : tree.text)
    }

    private static func all(_ invocation: Invocation, _ client: ServerClient) async throws(Failure) -> [JSONValue] {
        var sessions: [JSONValue] = []
        var cursor: String?
        repeat {
            let page = try await client.json(
                "GET",
                ServerClient.target(
                    ["v1", "sessions"],
                    query: [
                        ("state", invocation.text("state")), ("environment", invocation.text("environment")),
                        ("label", invocation.text("label")), ("cursor", cursor), ("limit", "1000"),
                    ]))
            sessions += page["sessions"]?.array ?? []
            cursor = page["next"]?.string
        } while cursor != nil
        return sessions
    }

    private static func list(_ invocation: Invocation, _ client: ServerClient) async throws(Failure) {
        var sessions = try await all(invocation, client)
        if invocation.text("state") == nil, !invocation.flag("all") {
            sessions.removeAll { ["closed", "failed"].contains($0["state"]?.string) }
        }
        guard !invocation.flag("json") else { return printJSON(["sessions": .array(sessions)]) }
        guard !sessions.isEmpty else { return Output.standard.write("no sessions\n") }
        var table = Table(
            columns: [
                ("id", .left), ("environment", .left), ("instance", .left), ("state", .left), ("episode", .right),
                ("index", .right), ("created", .left),
            ])
        table.rows = sessions.map { session in
            ["id", "environment", "instance", "state", "episode", "index", "created_at"].map { session.words($0) }
        }
        Output.standard.write(table.text)
    }

    private static func show(_ invocation: Invocation, _ client: ServerClient) async throws(Failure) {
        let id = invocation.argument("ID") ?? ""
        var session = try await client.json("GET", ServerClient.target(["v1", "sessions", id]))
        session["usage"] = try await client.json("GET", ServerClient.target(["v1", "sessions", id, "usage"]))
        guard !invocation.flag("json") else { return printJSON(session) }
        var rows = (session.object ?? [:]).filter { $0.key != "usage" && !$0.value.isNull && $0.value != [:] }.map {
            (name: $0.key, value: session.words($0.key))
        }
        if let usage = session["usage"] {
            let megabytes = [usage["memory_bytes"], usage["memory_peak_bytes"]].map {
                shortNumber((($0?.double ?? 0) / 104857.6).rounded() / 10)
            }
            rows.append((name: "cpu", value: "\(shortNumber(usage["cpu_seconds"]?.double ?? 0)) s"))
            rows.append((name: "memory", value: "\(megabytes[0]) MiB, at most \(megabytes[1]) MiB"))
            rows.append((name: "processes", value: usage.words("pids")))
        }
        Output.standard.write(described(rows))
    }

    private static func logs(_ invocation: Invocation, _ client: ServerClient) async throws(Failure) {
        let lines = try invocation.integer("lines", in: 1...1000) ?? 100
        let target = ServerClient.target(
            ["v1", "sessions", invocation.argument("ID") ?? "", "logs"], query: [("lines", "\(lines)")])
        let answer = try await client.json("GET", target)
        guard !invocation.flag("json") else { return printJSON(answer) }
        for line in answer["lines"]?.array ?? [] { Output.standard.write((line.string ?? "") + "\n") }
    }

    /// Closes all that can be closed, then reports the first that could not.
    private static func close(_ invocation: Invocation, _ client: ServerClient) async throws(Failure) {
        var closed: [JSONValue] = []
        var failures: [Failure] = []
        for id in invocation.arguments("ID") {
            do throws(Failure) {
                let answer = try await client.json(
                    "DELETE",
                    ServerClient.target(
                        ["v1", "sessions", id], query: [("branches", invocation.flag("branches") ? "true" : nil)]))
                closed.append(answer)
                if !invocation.flag("json") { Output.standard.write("\(id) \(answer.words("state"))\n") }
            } catch { failures.append(error) }
        }
        if invocation.flag("json") { printJSON(["sessions": .array(closed)]) }
        if let failure = failures.first { throw failure }
    }
}

extension JSONValue {
    /// A member in words: texts as they are, a dash for what is absent or null.
    func words(_ key: String) -> String {
        switch self[key] {
        case nil, .null?: "-"
        case .string(let text)?: text
        case let value?: "\(value)"
        }
    }
}
