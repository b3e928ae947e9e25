import Arguments
import Foundations
import JSON

/// The subcommands of `corral env` that look at versions of the catalog and change them.
enum LifecycleCommands {
    private static let reason = Option.value("reason", "TEXT", "Why: kept in the history and shown to users.")
    private static let server = [ServerURL.option]
    private static let version = Positional("ENVIRONMENT", .required, "Such as ns/Name@1.2.0.")

    static let declarations: [Command] = [
        Command(
            "versions", "List the versions of an environment in the catalog.", options: server, positionals: [version]),
        Command(
            "history", "Show who did what to an environment, when and why.",
            options: server + [.value("limit", short: "n", "NUMBER", fallback: "50", "How many entries, up to 1000.")],
            positionals: [version]),
        Command(
            "alias", "Let an alias such as stable name a version.",
            options: server + [reason, .flag("remove", "Remove the alias.")],
            positionals: [
                .init("ENVIRONMENT", .required, "Such as ns/Name."), .init("ALIAS", .required, "Such as stable."),
                .init("VERSION", .optional, "Such as 1.2.0."),
            ]),
        Command(
            "update", "Change what is said about an environment.",
            options: server + [
                .value("title", "TEXT", "What people call it."), .value("description", "TEXT", "What it is."),
                .value("homepage", "URL", "Where to read on."),
                .list("tag", "TAG", "A word to find it by; repeatable."),
                reason,
            ], positionals: [.init("ENVIRONMENT", .required, "Such as ns/Name.")]),
        Command(
            "deprecate", "Tell every user of a version not to use it.",
            options: server + [
                .value("message", "TEXT", "What users are told."),
                .value("successor", "ENVIRONMENT", "What to use instead."), reason,
            ], positionals: [version]),
        Command(
            "yank", "Let a version be found by its digest only.", options: server + [reason], positionals: [version]),
        Command("retire", "End a version for ever.", options: server + [reason], positionals: [version]),
        Command("restore", "Take a deprecation or a yank back.", options: server + [reason], positionals: [version]),
    ]

    /// - Returns: False where the command is none of these.
    static func run(_ invocation: Invocation) async throws(Failure) -> Bool {
        let name = invocation.path.last ?? ""
        guard declarations.contains(where: { $0.name == name }) else { return false }
        let client = try ServerClient(url: try ServerURL.given(invocation) ?? ServerURL.standard)
        let path = ["v1", "environments", invocation.argument("ENVIRONMENT") ?? ""]
        switch name {
        case "versions": try await versions(invocation, client, path)
        case "history": try await history(invocation, client, path)
        case "alias": try await alias(invocation, client, path)
        case "update": try await update(invocation, client, path)
        default: try await change(name, invocation, client, path)
        }
        return true
    }

    private static func versions(
        _ invocation: Invocation, _ client: ServerClient, _ path: [String]
    ) async throws(Failure) {
        let answer = try await client.json("GET", ServerClient.target(path + ["versions"]))
        guard !invocation.flag("json") else { return printJSON(answer) }
        var table = Table(
            columns: [("version", .left), ("state", .left), ("published", .left), ("by", .left), ("digest", .left)])
        table.rows = (answer["versions"]?.array ?? []).map { row in
            ["version", "state", "published_at", "published_by", "digest"].map { row.words($0) }
        }
        Output.standard.write(table.text)
    }

    private static func history(
        _ invocation: Invocation, _ client: ServerClient, _ path: [String]
    ) async throws(Failure) {
        let limit = try invocation.integer("limit", in: 1...1000) ?? 50
        let answer = try await client.json(
            "GET", ServerClient.target(path + ["history"], query: [("limit", "\(limit)")]))
        guard !invocation.flag("json") else { return printJSON(answer) }
        var table = Table(
            columns: [("when", .left), ("who", .left), ("what", .left), ("version", .left), ("why", .left)])
        table.rows = (answer["entries"]?.array ?? []).map { row in
            let own = row["details"]?["message"]?.string ?? row["details"]?["reason"]?.string ?? ""
            let alias = row["details"]?["alias"]?.string.map { " " + $0 } ?? ""
            return [
                row.words("at"), row.words("by"), row.words("action") + alias, row.words("version"),
                own.isEmpty ? row["reason"]?.string ?? "" : own,
            ]
        }
        Output.standard.write(table.text)
    }

    private static func alias(
        _ invocation: Invocation, _ client: ServerClient, _ path: [String]
    ) async throws(Failure) {
        let version = invocation.argument("VERSION")
        guard (version == nil) == invocation.flag("remove") else {
            throw Failure(.invalidArgument, "a version or --remove is needed, and not both")
        }
        let answer = try await client.json(
            "POST", ServerClient.target(path + ["aliases"]),
            body: [
                "alias": .string(invocation.argument("ALIAS") ?? ""),
                "version": version.map(JSONValue.string) ?? .null,
                "reason": .string(invocation.text("reason") ?? ""),
            ])
        guard !invocation.flag("json") else { return printJSON(answer) }
        let aliases = (answer["aliases"]?.object ?? [:]).map { (name: "@" + $0.key, value: $0.value.string ?? "") }
        Output.standard.write(aliases.isEmpty ? "no aliases\n" : described(aliases))
    }

    private static func update(
        _ invocation: Invocation, _ client: ServerClient, _ path: [String]
    ) async throws(Failure) {
        var body = JSONObject()
        for name in ["title", "description", "homepage"] {
            // An empty text takes it from the versions again.
            body[name] = invocation.text(name).map { $0.isEmpty ? .null : .string($0) }
        }
        let tags = invocation.texts("tag")
        if !tags.isEmpty { body["tags"] = .array(tags.map(JSONValue.string)) }
        body["reason"] = invocation.text("reason").map(JSONValue.string)
        let answer = try await client.json("PATCH", ServerClient.target(path), body: .object(body))
        guard !invocation.flag("json") else { return printJSON(answer) }
        Output.standard.write("updated \(answer.words("name"))\n")
    }

    private static func change(
        _ name: String, _ invocation: Invocation, _ client: ServerClient, _ path: [String]
    ) async throws(Failure) {
        var body: JSONObject = ["reason": .string(invocation.text("reason") ?? "")]
        if name == "deprecate" {
            body["message"] = .string(invocation.text("message") ?? invocation.text("reason") ?? "")
            body["successor"] = invocation.text("successor").map(JSONValue.string) ?? .null
        }
        let answer = try await client.json("POST", ServerClient.target(path + [name]), body: .object(body))
        guard !invocation.flag("json") else { return printJSON(answer) }
        Output.standard.write("\(answer.words("reference")) is \(answer.words("state"))\n")
    }
}
