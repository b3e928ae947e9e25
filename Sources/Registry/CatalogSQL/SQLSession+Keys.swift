import AccessKeys
import Digest
import Foundations
import JSON

extension SQLSession where Self: ~Copyable {
    public borrowing func add(_ key: AccessKey, by actor: AuditActor) throws {
        let number = try nextChange()
        let wish = key.wish.json
        let count = try change(
            """
            INSERT INTO access_keys (id, digest, caller, tenant, wish, created_at, created_by, change) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
            """,
            [
                .text(key.id), .text(key.digest.hex), .text(key.caller), .text(key.wish.tenant),
                .json(.object(wish)), .integer(key.createdAt.microseconds), .text(key.createdBy), .integer(number),
            ])
        guard count > 0 else { throw Failure(.alreadyExists, "there is a key \(key.id) already") }
        try audit(AuditAct("key.create", "key \(key.id)", details: wish), by: actor, at: key.createdAt)
    }

    public borrowing func revoke(
        _ id: String, _ revocation: AccessKey.Revocation, by actor: AuditActor
    ) throws -> AccessKey {
        let number = try nextChange()
        guard let row = try first(Self.selectKeys + "WHERE id = $1", [.text(id)]) else {
            throw KeyService.unknown(id)
        }
        var key = try Self.key(row)
        guard key.revocation == nil else { return key }
        key.revocation = revocation
        try change(
            "UPDATE access_keys SET revoked_at = $1, revoked_by = $2, revoked_because = $3, change = $4 WHERE id = $5",
            [
                .integer(revocation.at.microseconds), .text(revocation.by), .text(revocation.reason),
                .integer(number), .text(id),
            ])
        try audit(
            AuditAct(
                "key.revoke", "key \(id)",
                details: ["caller": .string(key.caller), "reason": .string(revocation.reason)]),
            by: actor, at: revocation.at)
        return key
    }

    public borrowing func keys(changedAfter change: Int64) throws -> (keys: [AccessKey], change: Int64) {
        let found = try rows(Self.selectKeys + "WHERE change > $1 ORDER BY change", [.integer(change)])
        return (try found.map { try Self.key($0) }, found.last?.integer(8) ?? change)
    }

    /// Changes are numbered in the order in which they are committed, so that none is missed that comes late.
    private borrowing func nextChange() throws -> Int64 {
        try lock("access keys")
        return (try first("SELECT max(change) FROM access_keys", [])?.integer(0) ?? 0) + 1
    }

    private static var selectKeys: String {
        """
        SELECT id, digest, wish, created_at, created_by, revoked_at, revoked_by, revoked_because, change \
        FROM access_keys 
        """
    }

    private static func key(_ row: SQLRow) throws -> AccessKey {
        guard let digest = Digest32(hex: row.text(1)), let json = try? JSONValue(parsing: row.text(2)),
            let wish = try? KeyWish(json: json)
        else { throw Failure(.internal, "the key \(row.text(0)) of the catalog cannot be read") }
        let isRevoked = if case .null = row.values[5] { false } else { true }
        let revocation = AccessKey.Revocation(
            at: Timestamp(microseconds: row.integer(5)), by: row.text(6), reason: row.text(7))
        return AccessKey(
            id: row.text(0), digest: digest, wish: wish, createdAt: Timestamp(microseconds: row.integer(3)),
            createdBy: row.text(4), revocation: isRevoked ? revocation : nil)
    }
}
