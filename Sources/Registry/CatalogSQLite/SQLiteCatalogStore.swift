import Catalog
import CatalogSQL
import Digest
import Foundations
import Manifests
import SQLite

/// The catalog in a file of SQLite.
public final class SQLiteCatalogStore: CatalogStore {
    public let database: SQLiteDatabase

    /// Opens the catalog in a file, and makes it where there is none. Blocks.
    ///
    /// - Throws: `failed_precondition` where the file cannot be opened, is damaged or of a newer program.
    public init(path: String) throws(Failure) {
        database = try SQLiteDatabase(
            path: path,
            migrations: (CatalogMigrations.name, CatalogMigrations.steps(SQLiteConnection.dialect)))
    }

    public func publish(
        _ submission: Submission, by principal: Principal, at time: Timestamp
    ) async throws(Failure) -> Publication {
        try await database.write { try $0.publish(submission, by: principal, at: time) }
    }

    public func apply(
        _ transition: Transition, to version: SemanticVersion, of name: EnvironmentName, by principal: Principal,
        note: String, at time: Timestamp
    ) async throws(Failure) -> VersionRecord {
        try await database.write {
            try $0.apply(transition, to: version, of: name, by: principal, note: note, at: time)
        }
    }

    public func review(
        _ version: SemanticVersion, of name: EnvironmentName, round: Int64, approval: Attestation?,
        by principal: Principal, note: String, at time: Timestamp,
        isEnough: @escaping @Sendable ([Attestation]) -> Bool
    ) async throws(Failure) -> VersionRecord {
        let approval = approval.map { ($0, SHA256.hash($0.envelope).hex) }
        return try await database.write {
            try $0.review(
                version, of: name, round: round, approval: approval, by: principal, note: note, at: time,
                isEnough: isEnough)
        }
    }

    public func setAlias(
        _ alias: String, of name: EnvironmentName, to version: SemanticVersion?, by principal: Principal,
        reason: String, at time: Timestamp
    ) async throws(Failure) -> EnvironmentRecord {
        try await database.write {
            try $0.setAlias(alias, of: name, to: version, by: principal, reason: reason, at: time)
        }
    }

    public func update(
        _ name: EnvironmentName, to metadata: EnvironmentMetadata, by principal: Principal, reason: String,
        at time: Timestamp
    ) async throws(Failure) -> EnvironmentRecord {
        try await database.write { try $0.update(name, to: metadata, by: principal, reason: reason, at: time) }
    }

    public func environment(_ name: EnvironmentName) async throws(Failure) -> EnvironmentRecord {
        try await database.read { try $0.environment(name) }
    }

    public func versions(of name: EnvironmentName) async throws(Failure) -> [VersionRecord] {
        try await database.read { try $0.versions(of: name) }
    }

    public func candidates(for name: EnvironmentName) async throws(Failure) -> [Candidates] {
        try await database.read { try $0.candidates(for: name) }
    }

    public func version(digest: String) async throws(Failure) -> VersionRecord? {
        try await database.read { try $0.version(digest: digest) }
    }

    public func search(_ query: SearchQuery) async throws(Failure) -> SearchPage {
        try await database.read { try $0.search(query) }
    }

    public func versions(
        in state: VersionState.Name, after: String?, limit: Int
    ) async throws(Failure) -> [VersionRecord] {
        try await database.read { try $0.versions(in: state, after: after, limit: limit) }
    }

    public func versions(
        lacking kind: String, after: String?, limit: Int
    ) async throws(Failure) -> [VersionRecord] {
        try await database.read { try $0.versions(lacking: kind, after: after, limit: limit) }
    }

    public func names(like text: String, limit: Int) async throws(Failure) -> [String] {
        try await database.read { try $0.names(like: text, limit: limit) }
    }

    public func history(
        of name: EnvironmentName, version: SemanticVersion?, before: Int64?, limit: Int
    ) async throws(Failure) -> [HistoryEntry] {
        try await database.read { try $0.history(of: name, version: version, before: before, limit: limit) }
    }

    public func owners(of namespace: String) async throws(Failure) -> [String] {
        try await database.read { try $0.owners(of: namespace) }
    }

    public func changeOwners(
        of namespace: String, adding: [String], removing: [String], by principal: Principal, at time: Timestamp
    ) async throws(Failure) -> [String] {
        try await database.write {
            try $0.changeOwners(of: namespace, adding: adding, removing: removing, by: principal, at: time)
        }
    }

    public func attach(_ attestation: Attestation) async throws(Failure) {
        let digest = SHA256.hash(attestation.envelope).hex
        try await database.write { try $0.attach(attestation, envelopeDigest: digest) }
    }

    public func attestations(of digest: String, kind: String?) async throws(Failure) -> [Attestation] {
        try await database.read { try $0.attestations(of: digest, kind: kind) }
    }

    public func bundles() async throws(Failure) -> Set<String> { try await database.read { try $0.bundles() } }

    public func problems() async throws(Failure) -> [String] {
        try await database.read { try $0.integrityProblems() + $0.inconsistencies() }
    }
}
