import AccessKeys
import Arguments
import Foundations
import JSON

/// `corral audit …`.
enum AuditCommand: Subcommand {
    static let declaration = Command(
        "audit", "Read and verify the log of who changed what, and who was refused.",
        discussion: "Without --url (or CORRAL_URL) the log of this machine's catalog is read.",
        options: [.flag("json", "Print JSON.")],
        subcommands: [
            Command(
                "list", "List records, oldest first.",
                options: AccessDesk.options + [
                    .value("after", "NUMBER", fallback: "0", "Only records behind this one."),
                    .value("limit", short: "n", "NUMBER", fallback: "100", "How many, up to 1000."),
                    .value("actor", "CALLER", "Only what this caller did."),
                    .value("action", "NAME", "Only this action, such as publish or key.revoke."),
                    .value("object", "NAME", "Only what was done to this, such as ns/Name@1.0.0."),
                    .value("outcome", "WORD", completion: .choices(["done", "refused"]), "done or refused."),
                ]),
            Command(
                "verify", "Check that no record was changed, left out or put in; the first wrong one is named.",
                options: AccessDesk.options + [
                    .value("contains", "HASH", "Of a record noted before, which has to be in the log still.")
                ]),
        ])

    static func run(_ invocation: Invocation) async throws(Failure) {
        let desk = try await AccessDesk(invocation)
        if invocation.path.last == "verify" { return try await verify(invocation, desk) }
        var filter = AuditFilter()
        filter.actor = invocation.text("actor")
        filter.action = invocation.text("action")
        filter.object = invocation.text("object")
        if let outcome = invocation.text("outcome") {
            filter.outcome = AuditAct.Outcome(rawValue: outcome)
            guard filter.outcome != nil else { throw Failure(.invalidArgument, "--outcome is done or refused") }
        }
        let records = try await desk.audit(
            filter, after: Int64(try invocation.integer("after", in: 0...Int.max) ?? 0),
            limit: try invocation.integer("limit", in: 1...1000) ?? 100)
        guard !invocation.flag("json") else {
            return printJSON(["records": .array(records.map { .object($0.json) })])
        }
        guard !records.isEmpty else { return Output.standard.write("no records\n") }
        var table = Table(columns: [("", .right)] + ["when", "who", "what", "to", "outcome"].map { ($0, .left) })
        table.rows = records.map { record in
            [
                "\(record.sequence)", record.at.rfc3339, record.actor.id, record.act.action, record.act.object,
                record.act.outcome.rawValue,
            ]
        }
        Output.standard.write(table.text)
    }

    private static func verify(_ invocation: Invocation, _ desk: AccessDesk) async throws(Failure) {
        var chain = AuditChain()
        var wanted = invocation.text("contains")
        while true {
            let page = try await desk.audit(AuditFilter(), after: chain.count, limit: 1000)
            for record in page {
                if let problem = chain.follow(record) {
                    throw Failure(
                        .failedPrecondition, problem, next: "\(chain.count) records before it are right",
                        details: ["record": "\(chain.count + 1)"])
                }
                if record.hash == wanted { wanted = nil }
            }
            if page.count < 1000 { break }
        }
        if let wanted {
            throw Failure(
                .failedPrecondition, "no record has the hash \(wanted.prefix(64))",
                next: "the end of the log was cut off, or all of it was written anew")
        }
        guard !invocation.flag("json") else {
            return printJSON(["records": .integer(chain.count), "last": .string(chain.link)])
        }
        Output.standard.write("\(chain.count) records, the last is \(chain.link)\n")
    }
}
