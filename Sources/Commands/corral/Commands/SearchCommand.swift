import Arguments
import Catalog
import Foundations
import JSON

/// `corral search`.
enum SearchCommand: Subcommand {
    static let declaration = Command(
        "search", "Search the environments of a running server.",
        options: [ServerURL.option]
            + Facet.allCases.map { .list($0.rawValue, "VALUE", "Only those of this \($0.rawValue); repeatable.") }
            + [
                .value("reward-min", "NUMBER", "The declared reward is at least this."),
                .value("reward-max", "NUMBER", "The declared reward is at most this."),
                .value(
                    "sort", "ORDER", completion: .choices(SearchQuery.Order.allCases.map(\.rawValue)),
                    "The order; otherwise relevance, or name without words."),
                .value("limit", short: "n", "NUMBER", fallback: "25", "How many, up to 1000."),
                .flag("facets", "Also count the values that can be filtered by."), .flag("json", "Print JSON."),
            ],
        positionals: [.init("WORDS", .any, "Words that all have to be found.")])

    static func run(_ invocation: Invocation) async throws(Failure) {
        let client = try ServerClient(url: try ServerURL.given(invocation) ?? ServerURL.standard)
        let limit = try invocation.integer("limit", in: 1...1000) ?? 25
        let words = invocation.arguments("WORDS").joined(separator: " ")
        var query: [(name: String, value: String?)] = [
            ("q", words.isEmpty ? nil : words), ("limit", "\(limit)"), ("sort", invocation.text("sort")),
            ("reward_min", invocation.text("reward-min")), ("reward_max", invocation.text("reward-max")),
            ("facets", invocation.flag("facets") ? "true" : nil),
        ]
        for facet in Facet.allCases {
            query += invocation.texts(facet.rawValue).map { (facet.rawValue, $0) }
        }
        let answer = try await client.json("GET", ServerClient.target(["v1", "environments"], query: query))
        guard !invocation.flag("json") else { return printJSON(answer) }
        let found = answer["environments"]?.array ?? []
        guard !found.isEmpty else { return Output.standard.write("nothing found\n") }
        var table = Table(
            columns: [
                ("environment", .left), ("version", .left), ("state", .left), ("title", .left), ("tags", .left),
            ])
        table.rows = found.map { row in
            [row.words("name"), row.words("version"), row.words("state"), row.words("title"), row.list("tags")]
        }
        Output.standard.write(table.text)
        if answer["next"]?.string != nil { Output.errors.write("there are more: raise --limit, or add words\n") }
        guard let facets = answer["facets"]?.object else { return }
        let rows = facets.compactMap { facet -> (name: String, value: String)? in
            let counts = (facet.value.array ?? []).prefix(12).map { "\($0.words("value")) (\($0.words("count")))" }
            return counts.isEmpty ? nil : (facet.key, wrapped(counts.joined(separator: ", "), to: 90))
        }
        Output.standard.write("\n" + described(rows))
    }
}
