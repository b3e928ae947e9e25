import Catalog
import CatalogPostgres
import CatalogSQLite
import Foundations
import JSON
import Manifests
import TestSupport
import Testing

/// A kind of store that passes the contract.
enum StoreKind: String, CaseIterable, Sendable {
    case sqlite, postgres

    static let available = PostgresServer.isInstalled ? allCases : [.sqlite]

    /// Runs a body with an empty store.
    func with(_ body: (any CatalogStore) async throws -> Void) async throws {
        switch self {
        case .sqlite:
            let folder = try TemporaryDirectory()
            try await body(try SQLiteCatalogStore(path: folder.path + "/corral.db"))
        case .postgres:
            let server = try #require(PostgresServer.current)
            try await body(try PostgresCatalogStore(url: try server.newDatabase()))
        }
    }
}

let alice = Principal(id: "alice", isAdmin: false)
let bob = Principal(id: "bob", isAdmin: false)
let root = Principal(id: "root", isAdmin: true)

func name(_ text: String) -> EnvironmentName { EnvironmentName(text)! }
func number(_ text: String) -> SemanticVersion { SemanticVersion(text)! }
func at(_ time: Int64) -> Timestamp { Timestamp(microseconds: time) }

/// A digest of 64 digits that belongs to a text.
func digest(_ text: String) -> String {
    let digits = text.utf8.reduce(into: UInt64(14_695_981_039_346_656_037)) { hash, byte in
        hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211
    }
    let part = String(digits, radix: 16)
    return String(String(repeating: part + "0", count: 8).prefix(64))
}

func submission(
    _ environment: String, _ number: String, bytes: String = "", state: VersionState = .unreviewed,
    _ more: JSONObject = [:]
) throws -> Submission {
    var document: JSONObject = [
        "manifest": 1, "name": .string(environment), "version": .string(number),
        "launch": ["process": ["worker": "worker.py:Env"]],
    ]
    for (key, value) in more { document[key] = value }
    return Submission(
        manifest: try Manifest(json: .object(document)), digest: digest(environment + number + bytes),
        bundle: BundleReference(digest: digest("b" + environment + number + bytes), size: 10), state: state,
        reason: "first")
}

extension CatalogStore {
    @discardableResult
    func publish(
        _ environment: String, _ number: String, by principal: Principal = alice, bytes: String = "",
        state: VersionState = .unreviewed, at time: Int64 = 1, _ more: JSONObject = [:]
    ) async throws -> Publication {
        try await publish(
            try submission(environment, number, bytes: bytes, state: state, more), by: principal,
            at: Timestamp(microseconds: time))
    }

    @discardableResult
    func apply(
        _ transition: Transition, _ environment: String, _ number: String, by principal: Principal = alice,
        at time: Int64 = 2
    ) async throws -> VersionRecord {
        try await apply(
            transition, to: CatalogStoresTests.number(number), of: name(environment), by: principal, note: "n",
            at: Timestamp(microseconds: time))
    }

    func resolved(_ text: String) async throws -> String {
        let (name, candidate) = try await resolve(try Reference(text))
        return "\(name)@\(candidate.version)"
    }
}

/// The code of the failure of a body; nil where it succeeds.
func code(_ body: () async throws -> Void) async -> Failure.Code? {
    do { try await body() } catch { return (error as? Failure)?.code ?? .internal }
    return nil
}
