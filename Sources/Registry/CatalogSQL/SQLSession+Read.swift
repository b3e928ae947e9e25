import AccessKeys
import Catalog
import Foundations
import JSON
import Manifests

extension SQLSession where Self: ~Copyable {
    public borrowing func environment(_ name: EnvironmentName) throws -> EnvironmentRecord {
        try environmentRecord(try environmentRow(name))
    }

    public borrowing func versions(of name: EnvironmentName) throws -> [VersionRecord] {
        try rows(Self.selectVersions + "WHERE e.name = $1", [.text("\(name)")])
            .map { try Self.record($0) }.sorted { $0.version < $1.version }
    }

    public borrowing func version(digest: String) throws -> VersionRecord? {
        try first(Self.selectVersions + "WHERE v.digest = $1", [.text(digest)]).map { try Self.record($0) }
    }

    public borrowing func versions(
        in state: VersionState.Name, after: String?, limit: Int
    ) throws -> [VersionRecord] {
        let end = "v.id > (SELECT coalesce(max(id), 0) FROM versions WHERE digest = $2) ORDER BY v.id LIMIT \(limit)"
        return try rows(
            Self.selectVersions + "WHERE v.state = $1 AND " + end, [.text(state.rawValue), .text(after ?? "")]
        ).map { try Self.record($0) }
    }

    public borrowing func versions(lacking kind: String, after: String?, limit: Int) throws -> [VersionRecord] {
        let condition = """
            WHERE v.state NOT IN ('rejected', 'yanked', 'retired') \
            AND NOT EXISTS (SELECT 1 FROM attestations a WHERE a.digest = v.digest AND a.kind = $1) \
            AND v.id > (SELECT coalesce(max(id), 0) FROM versions WHERE digest = $2) ORDER BY v.id LIMIT \(limit)
            """
        return try rows(Self.selectVersions + condition, [.text(kind), .text(after ?? "")]).map { try Self.record($0) }
    }

    public borrowing func candidates(for name: EnvironmentName) throws -> [Candidates] {
        let found = try rows(
            """
            SELECT v.version, v.digest, v.state, v.state_detail, e.id FROM environments e \
            JOIN versions v ON v.environment = e.id WHERE e.name = $1
            """, [.text("\(name)")])
        if let first = found.first {
            return [
                Candidates(
                    name: name, versions: try found.map { try Self.candidate($0, from: 0) },
                    aliases: try aliases(of: first.integer(4)))
            ]
        }
        let listed = try rows(
            """
            SELECT v.version, v.digest, v.state, v.state_detail, e.id, e.name FROM gymnasium_ids g \
            JOIN versions v ON v.id = g.version JOIN environments e ON e.id = v.environment WHERE g.gymnasium = $1
            """, [.text("\(name)")])
        return try Dictionary(grouping: listed) { $0.integer(4) }.compactMap { environment, rows in
            guard let row = rows.first, let name = EnvironmentName(row.text(5)) else { return nil }
            return Candidates(
                name: name, versions: try rows.map { try Self.candidate($0, from: 0) },
                aliases: try aliases(of: environment))
        }
    }

    public borrowing func names(like text: String, limit: Int) throws -> [String] {
        let pattern = text.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "/" }
        return try rows(
            "SELECT name FROM environments WHERE lower(name) LIKE $1 ORDER BY name LIMIT \(limit)",
            [.text("%\(pattern)%")]
        ).map { $0.text(0) }
    }

    public borrowing func history(
        of name: EnvironmentName, version: SemanticVersion?, before: Int64?, limit: Int
    ) throws -> [HistoryEntry] {
        let environment = try environmentRow(name)
        var values: [SQLValue] = [.integer(environment), .integer(before ?? .max)]
        var condition = ""
        if let version {
            values.append(.text("\(version)"))
            condition = "AND version = $3 "
        }
        let found = try rows(
            """
            SELECT id, version, happened_at, actor, action, reason, details FROM history \
            WHERE environment = $1 AND id < $2 \(condition)ORDER BY id DESC LIMIT \(limit)
            """, values)
        return found.map { row in
            HistoryEntry(
                sequence: row.integer(0), environment: "\(name)", version: row.optionalText(1),
                at: Timestamp(microseconds: row.integer(2)), by: row.text(3), action: row.text(4),
                reason: row.text(5), details: (try? JSONValue(parsing: row.text(6)))?.object ?? [:])
        }
    }

    public borrowing func attestations(of digest: String, kind: String?) throws -> [Attestation] {
        var values: [SQLValue] = [.text(digest)]
        if let kind { values.append(.text(kind)) }
        let found = try rows(
            """
            SELECT kind, result, envelope, created_at, created_by FROM attestations WHERE digest = $1 \
            \(kind == nil ? "" : "AND kind = $2 ")ORDER BY id DESC
            """, values)
        return found.map { row in
            Attestation(
                digest: digest, kind: row.text(0), result: row.text(1), envelope: row.blob(2),
                createdAt: Timestamp(microseconds: row.integer(3)), createdBy: row.text(4))
        }
    }

    public borrowing func bundles() throws -> Set<String> {
        Set(try rows("SELECT bundle FROM versions", []).map { $0.text(0) })
    }

    /// What does not fit together in the catalog's tables, for people.
    public borrowing func inconsistencies() throws -> [String] {
        var problems: [String] = []
        let environments = try rows("SELECT id, name, summary FROM environments ORDER BY name", [])
        for row in environments {
            do { problems += try self.problems(of: row.integer(0), row.text(1), summary: row.text(2)) } catch {
                problems.append("\(row.text(1)): \(Failure(wrapping: error).message)")
            }
        }
        return problems + (try auditProblem().map { ["the audit log: \($0)"] } ?? [])
    }

    private borrowing func auditProblem() throws -> String? {
        var chain = AuditChain()
        while true {
            let page = try audit(AuditFilter(), after: chain.count, limit: 1000)
            for record in page { if let problem = chain.follow(record) { return problem } }
            if page.count < 1000 { return nil }
        }
    }

    private borrowing func problems(of environment: Int64, _ name: String, summary: String) throws -> [String] {
        var problems: [String] = []
        let records = try rows(Self.selectVersions + "WHERE v.environment = $1", [.integer(environment)])
            .map { try Self.record($0) }
        var told: [String: String] = [:]
        for row in try rows(
            "SELECT version, action, details FROM history WHERE environment = $1 ORDER BY id", [.integer(environment)])
        {
            guard let version = row.optionalText(0), let details = try? JSONValue(parsing: row.text(2)) else {
                continue
            }
            if row.text(1) == "publish" {
                told[version] = details["state"]?.string
            } else if Transition.Name(rawValue: row.text(1)) != nil {
                told[version] = details["name"]?.string
            }
        }
        for record in records {
            let manifest = try record.manifest()
            if manifest.name != record.name || manifest.version != record.version {
                problems.append("\(record.reference): its manifest describes \(manifest.reference)")
            }
            if told["\(record.version)"] != record.state.name.rawValue {
                problems.append("\(record.reference): its state is not what the history says")
            }
        }
        for (alias, version) in try aliases(of: environment) where !records.contains(where: { $0.version == version }) {
            problems.append("\(name)@\(alias): names \(version), which is not there")
        }
        guard !records.isEmpty else { return problems + ["\(name): has no version"] }
        let candidates = try candidates(in: environment, try environmentRecord(environment).name)
        let shown = try candidates.find(.any)
        let listing = try listing(
            of: try environmentRecord(environment), shown, versions: candidates.versions.count)
        if (try? JSONValue(parsing: summary)) != .object(listing.summary) {
            problems.append("\(name): its listing is not that of \(shown.version)")
        }
        return problems
    }
}
