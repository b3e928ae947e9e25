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
        if after == .submitted { (record.round, record.submittedBy) = (record.round + 1, principal.id) }
        try move(id, &record, to: after, by: transition.name, environment, principal, note, time)
        return record
    }

    public borrowing func review(
        _ version: SemanticVersion, of name: EnvironmentName, round: Int64,
        approval: (statement: Attestation, envelopeDigest: String)?, by principal: Principal, note: String,
        at time: Timestamp, isEnough: ([Attestation]) -> Bool
    ) throws -> VersionRecord {
        let environment = try open(name, principal)
        var (id, record) = try versionRecord(name, version, in: environment)
        guard record.round == round else {
            throw Failure(.conflict, "\(record.reference) was submitted again meanwhile", next: "look at it again")
        }
        var isNew = false
        if let approval {
            _ = try record.state.after(.approve, at: time)
            isNew = try insert(approval.statement, approval.envelopeDigest)
        }
        let isOver = isEnough(try attestations(of: record.digest, kind: nil))
        if isOver, approval == nil, record.state == .submitted {
            try move(id, &record, to: .inReview, by: .startReview, environment, principal, note, time)
        }
        let after = isOver ? try record.state.after(.approve, at: time) : record.state
        guard isNew || after != record.state else { return record }
        try move(id, &record, to: after, by: .approve, environment, principal, note, time)
        return record
    }

    /// Stores the state of a version, with its round, and what was done in the history.
    private borrowing func move(
        _ id: Int64, _ record: inout VersionRecord, to after: VersionState, by action: Transition.Name,
        _ environment: Int64, _ principal: Principal, _ note: String, _ time: Timestamp
    ) throws {
        var details = after.json
        details["before"] = .string(record.state.name.rawValue)
        if record.round > 0 { details["round"] = .integer(record.round) }
        record.state = after
        try change(
            """
            UPDATE versions SET state = $1, state_detail = $2, review_round = $3, submitted_by = $4 WHERE id = $5
            """,
            [
                .text(after.name.rawValue), after.detail, .integer(record.round),
                record.submittedBy.map(SQLValue.text) ?? .null, .integer(id),
            ])
        try refreshListing(environment, at: time)
        try remember(
            action.rawValue, record.name, environment, version: record.version, by: principal, reason: note,
            details: details, at: time)
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
        guard try insert(attestation, envelopeDigest) else { return }
        try refreshListing(row.integer(0), at: nil)
        try audit(
            AuditAct(
                "attest", "sha256:\(attestation.digest)",
                details: ["kind": .string(attestation.kind), "result": .string(attestation.result)]),
            by: AuditActor(id: attestation.createdBy), at: attestation.createdAt)
    }

    /// - Returns: False where the same envelope is there already.
    private borrowing func insert(_ attestation: Attestation, _ envelopeDigest: String) throws -> Bool {
        try change(
            """
            INSERT INTO attestations (digest, kind, result, envelope, envelope_digest, created_at, created_by) \
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
            """,
            [
                .text(attestation.digest), .text(attestation.kind), .text(attestation.result),
                .blob(attestation.envelope), .text(envelopeDigest), .integer(attestation.createdAt.microseconds),
                .text(attestation.createdBy),
            ]) > 0
    }
}
