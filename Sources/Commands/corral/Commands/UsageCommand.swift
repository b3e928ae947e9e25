import Arguments
import Foundations
import JSON
import Usage

/// `corral usage …`.
enum UsageCommand: Subcommand {
    private static let filters: [Option] = [
        .value("since", "TIME", "Only what was over at this time (2026-11-21, or RFC 3339) or later."),
        .value("until", "TIME", "Only what was over before this time."),
        .value("environment", "NAME", "namespace/name, or an exact version."),
        .value("caller", "ID", "Only that of this caller."),
    ]

    static let declaration = Command(
        "usage", "Who used which environments, and what came of it.",
        options: [
            .value(
                "url", "URL",
                "The server: http://HOST:PORT, https://HOST:PORT or unix:///PATH; otherwise CORRAL_URL, otherwise \(ServerURL.standard)."
            )
        ],
        subcommands: [
            Command(
                "show", "Sums of sessions and episodes that are over.",
                options: filters + [
                    .value(
                        "by", "GROUP,…", fallback: "environment",
                        "Summed up by: \(UsageQuery.Group.allCases.map(\.rawValue).joined(separator: ", "))."),
                    .flag("json", "Print JSON."),
                ]),
            Command(
                "export", "Write every session and episode, in a form that BigQuery loads.",
                options: filters + [
                    .value(
                        "format", "FORMAT", fallback: "ndjson",
                        completion: .choices(UsageText.allCases.map(\.rawValue)), "ndjson or csv.")
                ]),
            Command("schema", "Print the schema of these events, as BigQuery's tables take it."),
        ])

    static func run(_ invocation: Invocation) async throws(Failure) {
        if invocation.path.last == "schema" { return printJSON(UsageField.bigQuerySchema) }
        let client = try ServerClient(url: try ServerURL.given(invocation) ?? ServerURL.standard)
        let query = ["since", "until", "environment", "caller"].map { (name: $0, value: invocation.text($0)) }
        if invocation.path.last == "export" { return try await export(invocation, client, query) }
        let target = ServerClient.target(["v1", "usage"], query: query + [("by", invocation.text("by"))])
        let answer = try await client.json("GET", target)
        guard !invocation.flag("json") else { return printJSON(answer) }
        let groups = answer["groups"]?.array ?? []
        guard !groups.isEmpty else { return Output.standard.write("no usage yet\n") }
        let names = (invocation.text("by") ?? "").split(separator: ",").map(String.init)
        var table = Table(
            columns: names.map { ($0, .left) }
                + ["sessions", "failures", "episodes", "steps", "mean return", "cpu s"].map { ($0, .right) })
        table.rows = groups.map { group in
            names.map { group.words($0) }
                + ["sessions", "failures", "episodes", "steps"].map { group.words($0) }
                + ["mean_return", "cpu_seconds"].map { name in
                    group[name]?.double.map { shortNumber(($0 * 100).rounded() / 100) } ?? ""
                }
        }
        Output.standard.write(table.text)
    }

    private static func export(
        _ invocation: Invocation, _ client: ServerClient, _ query: [(name: String, value: String?)]
    ) async throws(Failure) {
        let name = invocation.text("format") ?? ""
        guard let format = UsageText(rawValue: name) else {
            throw Failure(.invalidArgument, "there is no format `\(name)`", next: "use ndjson or csv")
        }
        var cursor: String?
        repeat {
            let target = ServerClient.target(
                ["v1", "usage", "events"], query: query + [("cursor", cursor), ("limit", "10000")])
            let answer = try await client.send("GET", target, accept: format.contentType)
            Output.standard.write(String(decoding: answer.body, as: UTF8.self))
            cursor = answer.header("corral-next")
        } while cursor != nil
    }
}
