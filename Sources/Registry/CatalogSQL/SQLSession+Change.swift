import AccessKeys
import Catalog
import Foundations
import JSON
import Manifests

extension SQLSession where Self: ~Copyable {
    public borrowing func apply(
        _ transition: Transition, to version: SemanticVersion, of name: EnvironmentName, by principal: Principal,
        note: String, at time: Timestamp
    ) throws -> VersionRecord {
        let environment = try open(name, principal)
        var (id, record) = try versionRecord(name, version, in: environment)
        let after = try record.state.after(transition, at: time)
        guard after != record.state else { return record }
        let before = record.state
        record.state = after
        try change(
            "UPDATE versions SET state = $1, state_detail = $2 WHERE id = $3",
            [.text(after.name.rawValue), after.detail, .integer(id)])
        var details = after.json
        details["before"] = .string(before.name.rawValue)
        try refreshListing(environment, at: time)
        try remember(
            transition.name.rawValue, name, environment, version: record.version, by: principal, reason: note,
            details: details, at: time)
        return record
    }

    public borrowing func setAlias(
        _ alias: String, of name: EnvironmentName, to version: SemanticVersion?, by principal: Principal,
        reason: String, at time: Timestamp
    ) throws -> EnvironmentRecord {
        guard case .alias = Constraint(alias) else {
            throw Failure(
                .invalidArgument, "`\(alias)` cannot be an alias",
                next: "write small letters, digits and dashes, beginning with a letter; not latest",
                details: ["field": "alias"])
        }
        let environment = try open(name, principal)
        let row = [SQLValue.integer(environment), .text(alias)]
        let before = try first("SELECT version FROM aliases WHERE environment = $1 AND alias = $2", row)?.text(0)
        let after = try version.map { try versionRecord(name, $0, in: environment).record }
        guard before != after.map({ "\($0.version)" }) else { return try environmentRecord(environment) }
        if let after {
            guard after.state.isOffered else {
                throw Failure(
                    .failedPrecondition, "\(after.reference) is \(after.state.name.rawValue) and cannot have an alias",
                    next: "choose a version that may be started")
            }
            try change(
                """
                INSERT INTO aliases (environment, alias, version) VALUES ($1, $2, $3) \
                ON CONFLICT (environment, alias) DO UPDATE SET version = excluded.version
                """, row + [.text("\(after.version)")])
        } else {
            try change("DELETE FROM aliases WHERE environment = $1 AND alias = $2", row)
        }
        try refreshListing(environment, at: time)
        try remember(
            after == nil ? "remove_alias" : "set_alias", name, environment, version: after?.version, by: principal,
            reason: reason, details: ["alias": .string(alias), "before": before.map(JSONValue.string) ?? .null],
            at: time)
        return try environmentRecord(environment)
    }

    public borrowing func update(
        _ name: EnvironmentName, to metadata: EnvironmentMetadata, by principal: Principal, reason: String,
        at time: Timestamp
    ) throws -> EnvironmentRecord {
        let environment = try open(name, principal)
        guard try environmentRecord(environment).metadata != metadata else {
            return try environmentRecord(environment)
        }
        try change(
            "UPDATE environments SET metadata = $1 WHERE id = $2",
            [.json(.object(metadata.json)), .integer(environment)])
        try refreshListing(environment, at: time)
        try remember(
            "update", name, environment, version: nil, by: principal, reason: reason, details: metadata.json, at: time)
        return try environmentRecord(environment)
    }

    /// The number of an environment, whose changes now wait for this one.
    private borrowing func open(_ name: EnvironmentName, _ principal: Principal) throws -> Int64 {
        try lock("environment \(name)")
        let environment = try environmentRow(name)
        try checkOwner(name.namespace ?? "", principal)
        return environment
    }

    public borrowing func attach(_ attestation: Attestation, envelopeDigest: String) throws {
        let sql = "SELECT v.environment, e.name FROM versions v JOIN environments e ON e.id = v.environment "
        guard let row = try first(sql + "WHERE v.digest = $1", [.text(attestation.digest)]) else {
            throw Failure(
                .notFound, "no version of the catalog has the digest sha256:\(attestation.digest.prefix(64))",
                next: "publish it first")
        }
        try lock("environment \(row.text(1))")
        let count = try change(
            """
            INSERT INTO attestations (digest, kind, result, envelope, envelope_digest, created_at, created_by) \
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
            """,
            [
                .text(attestation.digest), .text(attestation.kind), .text(attestation.result),
                .blob(attestation.envelope), .text(envelopeDigest), .integer(attestation.createdAt.microseconds),
                .text(attestation.createdBy),
            ])
        guard count > 0 else { return }
        try refreshListing(row.integer(0), at: nil)
        try audit(
            AuditAct(
                "attest", "sha256:\(attestation.digest)",
                details: ["kind": .string(attestation.kind), "result": .string(attestation.result)]),
            by: AuditActor(id: attestation.createdBy), at: attestation.createdAt)
    }
}
