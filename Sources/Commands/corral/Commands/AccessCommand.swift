import AccessKeys
import Arguments
import Configuration
import Foundations
import JSON
import Sessions

/// `corral access …`.
enum AccessCommand: Subcommand {
    private static let key = Positional("KEY", .required, "The public id, as `corral access list` has it.")

    static let declaration = Command(
        "access", "Make, list and revoke the keys that callers show.",
        discussion: """
            Without --url (or CORRAL_URL) the catalog of this machine is changed, which its owner may: so the first key \
            is made. Running servers know of it within two seconds.
            """,
        options: [.flag("json", "Print JSON.")],
        subcommands: [
            Command(
                "create", "Make a key and print it, this once.",
                options: AccessDesk.options + [
                    .list("role", "ROLE[@NAMESPACE]", "viewer, runner, publisher, reviewer or admin; repeatable."),
                    .value("tenant", "NAME", "Whose sessions it shares; otherwise the caller's own."),
                    .flag("acts-for-tenant", "Let it act in sessions that others of the tenant made."),
                    .value("expires", "TIME", "When it counts no more: 90d, 12h, 2027-01-31, or RFC 3339."),
                    .value("rate", "NUMBER", "Requests a second, at most."),
                    .value("burst", "NUMBER", "Requests at once, at most."),
                    .value("note", "TEXT", "What it is for."),
                ], positionals: [.init("CALLER", .required, "Who shows it: the owner of what is done with it.")]),
            Command(
                "list", "List the keys.",
                options: AccessDesk.options + [.flag("all", "Also those that expired or were revoked.")]),
            Command("show", "Show one key.", options: AccessDesk.options, positionals: [key]),
            Command(
                "revoke", "Revoke a key for ever.",
                options: AccessDesk.options + [.value("reason", "TEXT", "Why, for the audit log.")],
                positionals: [key]),
        ])

    static func run(_ invocation: Invocation) async throws(Failure) {
        let desk = try await AccessDesk(invocation)
        let id = invocation.argument("KEY") ?? ""
        switch invocation.path.last {
        case "create": try await create(invocation, desk)
        case "list": try await list(invocation, desk)
        case "revoke":
            let key = try await desk.revoke(id, reason: invocation.text("reason") ?? "")
            invocation.flag("json") ? printJSON(key) : Output.standard.write("revoked \(key.words("id"))\n")
        default: show(try await desk.key(id), invocation)
        }
    }

    private static func create(_ invocation: Invocation, _ desk: AccessDesk) async throws(Failure) {
        var rate: RateLimit?
        let burst = try invocation.integer("burst")
        if let given = try invocation.number("rate") {
            rate = try RateLimit(perSecond: given, burst: burst)
        } else if burst != nil {
            throw Failure(.invalidArgument, "--burst belongs to --rate")
        }
        let key = try await desk.create(
            try KeyWish(
                caller: invocation.argument("CALLER") ?? "", tenant: invocation.text("tenant"),
                grants: try RoleGrants(texts: invocation.texts("role")),
                actsForTenant: invocation.flag("acts-for-tenant"), rate: rate, note: invocation.text("note") ?? "",
                expiresAt: try invocation.text("expires").map { (text) throws(Failure) in try time(text) }))
        guard !invocation.flag("json") else { return printJSON(key) }
        // Alone on standard output, for `$(…)`.
        Output.errors.write("the key \(key.words("id")) of \(key.words("caller")), shown this once:\n")
        Output.standard.write(key.words("token") + "\n")
    }

    private static func time(_ text: String) throws(Failure) -> Timestamp {
        let units: [Character: Int] = ["d": 86_400, "h": 3_600, "m": 60]
        if let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()),
            (1...1_000_000).contains(count)
        {
            return Timestamp.now.advanced(by: .seconds(count * unit))
        }
        guard let time = Timestamp(rfc3339: text) else {
            throw Failure(
                .invalidArgument, "`\(text)` is no time", next: "write 90d, 12h, 2027-01-31 or 2027-01-31T12:00:00Z")
        }
        return time
    }

    private static func list(_ invocation: Invocation, _ desk: AccessDesk) async throws(Failure) {
        let keys = try await desk.keys().filter { invocation.flag("all") || $0["state"] == "active" }
        guard !invocation.flag("json") else { return printJSON(["keys": .array(keys)]) }
        guard !keys.isEmpty else { return Output.standard.write("no keys\n") }
        var table = Table(
            columns: ["key", "caller", "tenant", "roles", "state", "expires", "note"].map { ($0, .left) })
        table.rows = keys.map { key in
            [
                key.words("id"), key.words("caller"), key.words("tenant"), roles(key), key.words("state"),
                key["expires_at"]?.string ?? "never", key.words("note"),
            ]
        }
        Output.standard.write(table.text)
    }

    private static func show(_ key: JSONValue, _ invocation: Invocation) {
        guard !invocation.flag("json") else { return printJSON(key) }
        var rows = [(name: "roles", value: roles(key))]
        for (name, value) in key.object ?? [:] where name != "roles" && value != .null {
            rows.append((name, value.string ?? String(decoding: value.encoded(), as: UTF8.self)))
        }
        Output.standard.write(described(rows))
    }

    /// As `--role` takes them.
    private static func roles(_ key: JSONValue) -> String {
        guard let roles = key["roles"], let grants = try? RoleGrants(json: roles) else { return "" }
        return grants.given.sorted { $0.key < $1.key }.flatMap { namespace, roles in
            roles.map(\.rawValue).sorted().map { namespace == RoleGrants.allNamespaces ? $0 : "\($0)@\(namespace)" }
        }.joined(separator: " ")
    }
}
