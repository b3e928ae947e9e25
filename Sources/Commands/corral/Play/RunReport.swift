import JSON

/// The outcome of `corral run`.
struct RunReport: Sendable {
    /// The session object.
    let session: JSONValue
    let agent: String
    /// Of the first reset; nil where the environment takes none.
    let seed: Int64?
    let parameters: JSONObject
    let startTime: Duration
    /// The address of the server; nil for one of this command.
    let server: String?
    let files: [String]
    let tally: RunTally

    var json: JSONValue {
        let episodes = tally.episodes
        let ends = episodes.map { JSONValue.string(($0.end ?? .stopped).rawValue) }
        return [
            "environment": text("environment"), "digest": text("digest"), "instance": text("instance"),
            "params": .object(parameters), "agent": .string(agent), "seed": seed.map(JSONValue.integer) ?? .null,
            "episodes": .integer(Int64(episodes.count)), "steps": .integer(Int64(tally.steps)),
            "returns": .array(episodes.map(\.total.json)),
            "lengths": .array(episodes.map { .integer(Int64($0.steps)) }), "ends": .array(ends),
            "mean_return": mean.map(JSONValue.number) ?? .null,
            "steps_per_second": tally.stepsPerSecond.map { .number(($0 * 10).rounded() / 10) } ?? .null,
            "start_ms": .number((startTime / .milliseconds(1) * 1000).rounded() / 1000), "backend": text("backend"),
            "isolation": text("isolation"), "validation": text("validation"),
            "trajectory_hash": text("trajectory_hash"), "server": server.map(JSONValue.string) ?? .null,
            "stopped": .bool(tally.isStopped), "files": .array(files.map(JSONValue.string)),
        ]
    }

    var table: String {
        var table = Table(columns: [("episode", .right), ("steps", .right), ("return", .right), ("end", .left)])
        for (place, episode) in tally.episodes.prefix(Self.shownEpisodes).enumerated() {
            table.rows.append(
                [
                    "\(place + 1)", "\(episode.steps)", episode.total.text ?? "none given",
                    (episode.end ?? .stopped).rawValue.split(separator: "_").joined(separator: " "),
                ])
        }
        let hidden = tally.episodes.count - table.rows.count
        return table.text + (hidden > 0 ? "  … and \(hidden) more; --json has all\n" : "") + "\n" + described(rows)
    }

    private static let shownEpisodes = 20

    private var rows: [(name: String, value: String)] {
        var rows = [
            (name: "environment", value: words("environment")), (name: "agent", value: agent),
            (name: "seed", value: seed.map { "\($0)" } ?? "none"),
            (name: "episodes", value: "\(tally.episodes.count)" + (tally.isStopped ? ", stopped" : "")),
            (name: "steps", value: "\(tally.steps)"), (name: "return", value: returns),
            (name: "steps/s", value: tally.stepsPerSecond.map { shortNumber($0.rounded()) } ?? "none"),
            (name: "start", value: shortTime(startTime)), (name: "backend", value: words("backend")),
            (name: "isolation", value: words("isolation")),
        ]
        if session["instance"]?.string != nil { rows.insert((name: "instance", value: words("instance")), at: 1) }
        if let server { rows.append((name: "server", value: server)) }
        for file in files { rows.append((name: "written", value: file)) }
        return rows
    }

    private var sums: [Double] { tally.episodes.compactMap(\.total.sum) }
    private var mean: Double? { sums.isEmpty ? nil : sums.reduce(0, +) / Double(sums.count) }

    private var returns: String {
        guard let mean, let least = sums.min(), let most = sums.max() else { return "none given" }
        guard sums.count > 1 else { return shortNumber(mean) }
        return "mean \(shortNumber(mean)), from \(shortNumber(least)) to \(shortNumber(most))"
    }

    private func text(_ key: String) -> JSONValue { session[key] ?? .null }
    private func words(_ key: String) -> String { session[key]?.string ?? "" }
}
