import AccessKeys
import CatalogSQL
import Foundations

extension PostgresCatalogStore: AccessStore {
    public func add(_ key: AccessKey, by actor: AuditActor) async throws(Failure) {
        try await database.write { try $0.add(key, by: actor) }
    }

    public func revoke(
        _ id: String, _ revocation: AccessKey.Revocation, by actor: AuditActor
    ) async throws(Failure) -> AccessKey {
        try await database.write { try $0.revoke(id, revocation, by: actor) }
    }

    public func keys(changedAfter change: Int64) async throws(Failure) -> (keys: [AccessKey], change: Int64) {
        try await database.read { try $0.keys(changedAfter: change) }
    }

    public func append(
        _ act: AuditAct, by actor: AuditActor, at time: Timestamp
    ) async throws(Failure) -> AuditRecord {
        try await database.write { try $0.audit(act, by: actor, at: time) }
    }

    public func audit(_ filter: AuditFilter, after: Int64, limit: Int) async throws(Failure) -> [AuditRecord] {
        try await database.read { try $0.audit(filter, after: after, limit: limit) }
    }
}
