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
            ("checks", checks),
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
