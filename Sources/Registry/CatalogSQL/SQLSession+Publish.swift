import AccessKeys
import Catalog
import Foundations
import JSON
import Manifests

extension SQLSession where Self: ~Copyable {
    public borrowing func publish(
        _ submission: Submission, by principal: Principal, at time: Timestamp
    ) throws -> Publication {
        let manifest = submission.manifest
        try claim(manifest.name, principal, time)
        try lock("environment \(manifest.name)")
        let known = try first("SELECT id FROM environments WHERE name = $1", [.text("\(manifest.name)")])?.integer(0)
        if let known, let publication = try publishedBefore(submission, in: known) { return publication }
        let environment = try known ?? makeEnvironment(manifest.name, by: principal, at: time)
        let isSubmitted = submission.state == .submitted
        let row = try first(
            """
            INSERT INTO versions (environment, version, precedence, digest, bundle, bundle_size, document, state, \
            state_detail, published_at, published_by, review_round, submitted_by) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id
            """,
            [
                .integer(environment), .text("\(manifest.version)"), .text(manifest.version.precedence),
                .text(submission.digest), .text(submission.bundle.digest), .integer(submission.bundle.size),
                .json(.object(manifest.document)), .text(submission.state.name.rawValue), submission.state.detail,
                .integer(time.microseconds), .text(principal.id), .integer(isSubmitted ? 1 : 0),
                isSubmitted ? .text(principal.id) : .null,
            ])
        for id in manifest.gymnasium {
            try change(
                "INSERT INTO gymnasium_ids (gymnasium, version) VALUES ($1, $2)",
                [.text(id), .integer(row?.integer(0) ?? 0)])
        }
        try refreshListing(environment, at: time)
        try remember(
            "publish", manifest.name, environment, version: manifest.version, by: principal, reason: submission.reason,
            details: [
                "digest": .string("sha256:\(submission.digest)"),
                "bundle": .string("sha256:\(submission.bundle.digest)"),
                "state": .string(submission.state.name.rawValue),
            ], at: time)
        let record = VersionRecord(
            name: manifest.name, version: manifest.version, digest: submission.digest, bundle: submission.bundle,
            document: manifest.document, state: submission.state, round: isSubmitted ? 1 : 0,
            submittedBy: isSubmitted ? principal.id : nil, publishedAt: time, publishedBy: principal.id)
        return Publication(record: record, isNew: true)
    }

    /// The version that is there already; nil where there is none of its number.
    private borrowing func publishedBefore(_ submission: Submission, in environment: Int64) throws -> Publication? {
        let version = submission.manifest.version
        let found = try first(
            Self.selectVersions + "WHERE v.environment = $1 AND v.precedence = $2",
            [.integer(environment), .text(version.precedence)])
        guard let found else { return nil }
        let record = try Self.record(found)
        if record.version == version, record.digest == submission.digest, record.bundle == submission.bundle {
            return Publication(record: record, isNew: false)
        }
        let difference =
            record.version == version
            ? "with other bytes (sha256:\(record.digest.prefix(12))…)" : "as \(record.version)"
        throw Failure(
            .alreadyExists, "\(submission.manifest.reference) is published already \(difference)",
            next: "give it a new version: a published one never changes, and build metadata does not make another",
            details: ["digest": "sha256:\(record.digest)", "bundle": "sha256:\(record.bundle.digest)"])
    }

    private borrowing func makeEnvironment(
        _ name: EnvironmentName, by principal: Principal, at time: Timestamp
    ) throws -> Int64 {
        let row = try first(
            """
            INSERT INTO environments (name, namespace, metadata, created_at, created_by, updated_at) \
            VALUES ($1, $2, '{}', $3, $4, $5) RETURNING id
            """,
            [
                .text("\(name)"), .text(name.namespace ?? ""), .integer(time.microseconds), .text(principal.id),
                .integer(time.microseconds),
            ])
        guard let row else { throw Failure(.internal, "the database gave a new environment no number") }
        return row.integer(0)
    }

    // MARK: Owners

    /// Lets the first one who publishes in a namespace own it.
    private borrowing func claim(_ name: EnvironmentName, _ principal: Principal, _ time: Timestamp) throws {
        let namespace = name.namespace ?? ""
        if try owners(of: namespace).isEmpty {
            try lock("namespace \(namespace)")
            if try owners(of: namespace).isEmpty { try addOwner(principal.id, of: namespace, by: principal, at: time) }
        }
        try checkOwner(namespace, principal)
    }

    borrowing func checkOwner(_ namespace: String, _ principal: Principal) throws {
        guard !principal.isAdmin else { return }
        let owners = try owners(of: namespace)
        guard owners.contains(principal.id) else {
            throw Failure(
                .permissionDenied, "the namespace `\(namespace)` belongs to others",
                next: "publish in another namespace, or ask one of its owners to add \(principal.id)")
        }
    }

    public borrowing func owners(of namespace: String) throws -> [String] {
        try rows("SELECT owner FROM namespace_owners WHERE namespace = $1 ORDER BY owner", [.text(namespace)])
            .map { $0.text(0) }
    }

    private borrowing func addOwner(
        _ owner: String, of namespace: String, by principal: Principal, at time: Timestamp
    ) throws {
        try change(
            """
            INSERT INTO namespace_owners (namespace, owner, added_at, added_by) VALUES ($1, $2, $3, $4) \
            ON CONFLICT DO NOTHING
            """,
            [.text(namespace), .text(owner), .integer(time.microseconds), .text(principal.id)])
    }

    public borrowing func changeOwners(
        of namespace: String, adding: [String], removing: [String], by principal: Principal, at time: Timestamp
    ) throws -> [String] {
        try lock("namespace \(namespace)")
        try checkOwner(namespace, principal)
        for owner in adding { try addOwner(owner, of: namespace, by: principal, at: time) }
        for owner in removing {
            try change(
                "DELETE FROM namespace_owners WHERE namespace = $1 AND owner = $2", [.text(namespace), .text(owner)])
        }
        let owners = try owners(of: namespace)
        guard !owners.isEmpty else {
            throw Failure(
                .failedPrecondition, "the namespace `\(namespace)` would have no owner", next: "add another one first")
        }
        try audit(
            AuditAct(
                "change_owners", "namespace \(namespace)",
                details: [
                    "added": .array(adding.map(JSONValue.string)), "removed": .array(removing.map(JSONValue.string)),
                ]), by: principal.actor, at: time)
        return owners
    }
}
