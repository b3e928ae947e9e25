import JSON

/// One version of an environment, for people.
struct EnvironmentPage {
    private let environment: JSONValue
    private let manifest: JSONValue

    /// - Parameter environment: As `GET /v1/environments/{reference}` gives it.
    init(_ environment: JSONValue) {
        self.environment = environment
        manifest = environment["manifest"] ?? .null
    }

    var text: String {
        let rows: [(name: String, value: String?)] = [
            ("environment", environment["reference"]?.string), ("title", environment["title"]?.string),
            ("description", environment["description"]?.string.map { wrapped($0, to: 90) }),
            ("versions", texts(environment["versions"])), ("digest", environment["digest"]?.string),
            ("also", texts(environment["gymnasium"])), ("tags", texts(environment["tags"])),
            ("authors", texts(.array((manifest["authors"]?.array ?? []).map { $0["name"] ?? $0 }))),
            ("license", environment["license"]?.string), ("homepage", manifest["homepage"]?.string),
            ("backends", texts(environment["backends"])), ("agents", environment["agents"]?.string),
            ("deterministic", environment["nondeterministic"] == true ? "no" : "yes"), ("spaces", spaces),
            ("reward", reward), ("instances", instances), ("forks by", texts(manifest["fork"])),
            ("renders", texts(manifest["render_modes"])), ("resources", resources),
            ("state", environment["source"] == "catalog" ? environment["state"]?.string : nil),
            ("warnings", texts(environment["warnings"])), ("aliases", aliases),
            ("owners", texts(environment["owners"])),
            ("checks", checks), ("admission", admission), ("baselines", baselines), ("measured", measured),
            ("usage", usage),
        ]
        return described(rows.compactMap { row in row.value.map { (row.name, $0) } }) + parameters + releases
    }

    private var aliases: String? {
        let aliases = (environment["aliases"]?.object ?? [:]).map { "@\($0.key) \($0.value.string ?? "")" }
        return aliases.isEmpty ? nil : aliases.joined(separator: ", ")
    }

    /// The last result of each kind of signed record.
    private var checks: String? {
        var seen: Set<String> = []
        let lines = (environment["attestations"]?.array ?? []).compactMap { record -> String? in
            guard seen.insert(record.words("kind")).inserted else { return nil }
            return "\(record.words("kind")): \(record.words("result")) (\(record.words("created_at")))"
        }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    private var report: JSONValue { environment["admission"] ?? .null }
    private var figures: JSONValue { report["measured"] ?? .null }

    /// The verdict of the last check, and what it found.
    private var admission: String? {
        guard let verdict = report["verdict"]?.string else { return nil }
        let found = (report["findings"]?.array ?? []).map { "\($0.words("severity")): \($0.words("code"))" }
        return (["\(verdict) at \(report.words("started_at"))"] + found).joined(separator: "\n")
    }

    /// Returns of simple agents.
    private var baselines: String? {
        let rows = (figures["baseline"]?.object ?? [:]).map { agent, row in
            "\(agent): \(row.words("mean_return")) (\(row.words("least")) to \(row.words("most"))), "
                + "\(row.words("mean_length")) steps"
        }
        return rows.isEmpty ? nil : rows.joined(separator: "\n")
    }

    private var measured: String? {
        func figure(_ key: String, _ write: (Double) -> String) -> String? { figures[key]?.double.map(write) }
        func mebibytes(_ bytes: Double) -> String { "\((bytes / 104857.6).rounded() / 10) MiB" }
        let steps = figures["compared_steps"]?.integer ?? 0
        let repeats = figures["deterministic"]?.bool.map { isSame in
            isSame ? "repeats exactly over \(steps) steps" : "does not repeat"
        }
        let parts = [
            figure("steps_per_second") { "\(Int($0)) steps/s in the worker" },
            figure("session_steps_per_second") { "\(Int($0)) steps/s in a session" },
            figure("start_seconds") { "starts in \($0) s" }, figure("peak_memory_bytes") { "\(mebibytes($0)) at most" },
            repeats,
        ].compactMap { $0 }
        return parts.isEmpty ? nil : wrapped(parts.joined(separator: ", "), to: 90)
    }

    private var usage: String? {
        let lines = ["version", "environment"].compactMap { name -> String? in
            guard let sums = environment["usage"]?[name] else { return nil }
            let mean = sums["mean_return"]?.double.map { ", mean return \($0)" } ?? ""
            return "\(name == "version" ? "this version" : "all versions"): \(sums.words("sessions")) sessions "
                + "(\(sums.words("failures")) failed), \(sums.words("episodes")) episodes, \(sums.words("steps")) steps\(mean)"
        }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    private var releases: String {
        let published = (environment["releases"]?.array ?? []).filter { $0["source"] == "catalog" }
        guard !published.isEmpty else { return "" }
        var table = Table(columns: [("version", .left), ("state", .left), ("published", .left), ("by", .left)])
        table.rows = published.map { row in
            ["version", "state", "published_at", "published_by"].map { row.words($0) }
        }
        return "\n" + table.text
    }

    private func texts(_ value: JSONValue?) -> String? {
        let texts = (value?.array ?? []).compactMap(\.string)
        return texts.isEmpty ? nil : texts.joined(separator: ", ")
    }

    private var spaces: String? {
        guard let spaces = manifest["spaces"]?.object else { return "the worker tells them" }
        return spaces.map { "\($0.key): \($0.value)" }.joined(separator: "\n")
    }

    private var reward: String? {
        let range = (manifest["reward"]?["range"]?.array ?? []).map { $0.string ?? "\($0)" }
        let text = manifest["reward"]?["description"]?.string.map { wrapped($0, to: 90) }
        let bounds = range.count == 2 ? "\(range[0]) to \(range[1])" : nil
        let parts = [bounds, text].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: "\n")
    }

    private var instances: String? {
        guard let instances = manifest["instances"] else { return nil }
        if let list = instances["list"]?.array?.compactMap(\.string) {
            let shown = list.prefix(12).joined(separator: ", ")
            return wrapped(list.count > 12 ? "\(list.count): \(shown), …" : shown, to: 90)
        }
        if let pattern = instances["files"]?.string { return "the files \(pattern)" }
        return instances.string == "ask" ? "the worker tells them" : "\(instances)"
    }

    private var resources: String? {
        manifest["resources"]?.object.map { resources in
            wrapped(resources.map { "\($0.key) \($0.value.string ?? "\($0.value)")" }.joined(separator: ", "), to: 90)
        }
    }

    private var parameters: String {
        guard let properties = manifest["parameters"]?["properties"]?.object, !properties.isEmpty else { return "" }
        var table = Table(columns: [("parameter", .left), ("type", .left), ("default", .left), ("meaning", .left)])
        table.rows = properties.map { property in
            let schema = property.value
            let type = schema["type"]?.string ?? schema["enum"].map { "one of \($0)" } ?? "any"
            return [property.key, type, schema.words("default"), schema["description"]?.string ?? ""]
        }
        return "\n" + table.text
    }
}

/// A text in lines of at most `width` characters, broken between words.
func wrapped(_ text: String, to width: Int) -> String {
    var lines: [String] = []
    for word in text.split(whereSeparator: \.isWhitespace) {
        if let last = lines.last, last.count + 1 + word.count <= width {
            lines[lines.count - 1] = "\(last) \(word)"
        } else {
            lines.append(String(word))
        }
    }
    return lines.joined(separator: "\n")
}
