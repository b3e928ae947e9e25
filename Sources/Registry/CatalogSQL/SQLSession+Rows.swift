import AccessKeys
import Catalog
import Foundations
import JSON
import Manifests

extension SQLSession where Self: ~Copyable {
    borrowing func first(_ sql: String, _ values: [SQLValue]) throws -> SQLRow? { try rows(sql, values).first }

    /// - Throws: `not_found`.
    borrowing func environmentRow(_ name: EnvironmentName) throws -> Int64 {
        guard let id = try first("SELECT id FROM environments WHERE name = $1", [.text("\(name)")])?.integer(0) else {
            throw Failure(
                .notFound, "the catalog has no environment `\(name)`", next: "publish it: corral publish FOLDER")
        }
        return id
    }

    borrowing func versionRecord(
        _ name: EnvironmentName, _ version: SemanticVersion, in environment: Int64
    ) throws -> (id: Int64, record: VersionRecord) {
        let found = try rows(
            Self.selectVersions + "WHERE v.environment = $1 AND v.precedence = $2",
            [.integer(environment), .text(version.precedence)])
        guard let row = found.first, version.build.isEmpty || row.text(3) == "\(version)" else {
            throw Failure(
                .notFound, "\(name) has no version \(version)", next: "list them: corral env versions \(name)")
        }
        return (row.integer(0), try Self.record(row))
    }

    static var selectVersions: String {
        """
        SELECT v.id, v.environment, e.name, v.version, v.digest, v.bundle, v.bundle_size, v.document, v.state, \
        v.state_detail, v.published_at, v.published_by, v.review_round, v.submitted_by \
        FROM versions v JOIN environments e ON e.id = v.environment 
        """
    }

    static func record(_ row: SQLRow) throws -> VersionRecord {
        guard let name = EnvironmentName(row.text(2)), let version = SemanticVersion(row.text(3)),
            let document = (try? JSONValue(parsing: row.text(7)))?.object,
            let state = state(row.text(8), row.optionalText(9))
        else {
            throw Failure(.internal, "the version \(row.integer(0)) of the catalog cannot be read")
        }
        return VersionRecord(
            name: name, version: version, digest: row.text(4),
            bundle: BundleReference(digest: row.text(5), size: row.integer(6)), document: document, state: state,
            round: row.integer(12), submittedBy: row.optionalText(13),
            publishedAt: Timestamp(microseconds: row.integer(10)), publishedBy: row.text(11))
    }

    static func state(_ name: String, _ detail: String?) -> VersionState? {
        guard let detail else { return VersionState(json: ["name": .string(name)]) }
        guard let json = try? JSONValue(parsing: detail) else { return nil }
        return VersionState(json: json)
    }

    static func candidate(_ row: SQLRow, from column: Int) throws -> Candidate {
        guard let version = SemanticVersion(row.text(column)),
            let state = state(row.text(column + 2), row.optionalText(column + 3))
        else { throw Failure(.internal, "a version of the catalog cannot be read") }
        return Candidate(version: version, digest: row.text(column + 1), state: state)
    }

    borrowing func candidates(in environment: Int64, _ name: EnvironmentName) throws -> Candidates {
        let versions = try rows(
            "SELECT version, digest, state, state_detail FROM versions WHERE environment = $1", [.integer(environment)])
        return Candidates(
            name: name, versions: try versions.map { try Self.candidate($0, from: 0) },
            aliases: try aliases(of: environment))
    }

    borrowing func aliases(of environment: Int64) throws -> [String: SemanticVersion] {
        try rows("SELECT alias, version FROM aliases WHERE environment = $1", [.integer(environment)])
            .reduce(into: [:]) { $0[$1.text(0)] = SemanticVersion($1.text(1)) }
    }

    borrowing func environmentRecord(_ environment: Int64) throws -> EnvironmentRecord {
        let found = try first(
            "SELECT name, metadata, created_at, created_by, updated_at FROM environments WHERE id = $1",
            [.integer(environment)])
        guard let row = found, let name = EnvironmentName(row.text(0)),
            let metadata = try? JSONValue(parsing: row.text(1))
        else { throw Failure(.internal, "the environment \(environment) of the catalog cannot be read") }
        return EnvironmentRecord(
            name: name, metadata: EnvironmentMetadata(json: metadata), aliases: try aliases(of: environment),
            createdAt: Timestamp(microseconds: row.integer(2)), createdBy: row.text(3),
            updatedAt: Timestamp(microseconds: row.integer(4)))
    }

    /// Writes a change into the history of its environment and into the audit log; the last thing that it does.
    borrowing func remember(
        _ action: String, _ name: EnvironmentName, _ environment: Int64, version: SemanticVersion?,
        by principal: Principal, reason: String, details: JSONObject, at time: Timestamp
    ) throws {
        try change(
            """
            INSERT INTO history (environment, version, happened_at, actor, action, reason, details) \
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                .integer(environment), version.map { .text("\($0)") } ?? .null, .integer(time.microseconds),
                .text(principal.id), .text(action), .text(reason), .json(.object(details)),
            ])
        var details = details
        if !reason.isEmpty { details["reason_given"] = .string(reason) }
        let object = "\(name)" + (version.map { "@\($0)" } ?? "")
        try audit(AuditAct(action, object, details: details), by: principal.actor, at: time)
    }
}

extension SQLValue {
    static func json(_ value: JSONValue) -> SQLValue { .text(String(decoding: value.encoded(), as: UTF8.self)) }

    static func double(_ value: Double?) -> SQLValue { value.map(SQLValue.real) ?? .null }
}

extension SemanticVersion {
    /// The text without build metadata, which no two versions of an environment share.
    var precedence: String { SemanticVersion(major, minor, patch, prerelease: prerelease).description }
}

extension VersionState {
    /// As it is stored: what belongs to it beside its name; null for none.
    var detail: SQLValue {
        let json = self.json
        return json.count == 1 ? .null : .json(.object(json))
    }
}
