import Foundations
import JSON
import Sessions

/// Keys and the audit log as doors and commands use them: for administrators of all namespaces.
public struct KeyService: Sendable {
    private let store: any AccessStore
    private let ring: KeyRing

    /// Keys that are neither revoked nor expired, at most.
    public static let limit = 10_000

    public init(store: any AccessStore, ring: KeyRing) {
        self.store = store
        self.ring = ring
    }

    /// Makes a key, which counts at once.
    ///
    /// - Returns: Also the key itself, which nobody can show again.
    /// - Throws: `permission_denied`; `failed_precondition` for a first key that could not make others;
    ///   `resource_exhausted`; `invalid_argument` for one that has expired.
    public func create(_ wish: KeyWish, caller: Caller) async throws(Failure) -> (key: AccessKey, token: AccessToken) {
        try caller.requireAdmin(for: "create a key")
        let now = Timestamp.now
        guard wish.expiresAt.map({ $0 > now }) ?? true else {
            throw Failure(.invalidArgument, "the key would have expired already", details: ["field": "expires_at"])
        }
        guard ring.isInUse || wish.grants.has(.admin, in: RoleGrants.allNamespaces) else {
            throw Failure(
                .failedPrecondition, "from the first key on every caller needs one, and this one could not make others",
                next: "begin with a key that has the role admin", details: ["field": "roles"])
        }
        let count = try await store.keys(changedAfter: 0).keys.count(where: { $0.state(at: now) == .active })
        guard count < Self.limit else {
            throw Failure(.resourceExhausted, "there are \(count) keys in force", next: "revoke some")
        }
        let token = try AccessToken()
        let key = AccessKey(id: token.id, digest: token.digest, wish: wish, createdAt: now, createdBy: caller.id)
        try await store.add(key, by: caller.actor)
        try await ring.refresh()
        return (key, token)
    }

    /// All keys of the store, the oldest first.
    public func keys(caller: Caller) async throws(Failure) -> [AccessKey] {
        try caller.requireAdmin(for: "list keys")
        return try await store.keys(changedAfter: 0).keys.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    /// - Throws: `not_found`.
    public func key(_ id: String, caller: Caller) async throws(Failure) -> AccessKey {
        guard let key = try await keys(caller: caller).first(where: { $0.id == id }) else { throw Self.unknown(id) }
        return key
    }

    /// Revokes a key, which counts for nothing from now on.
    ///
    /// - Throws: `not_found`, `permission_denied`.
    public func revoke(_ id: String, reason: String, caller: Caller) async throws(Failure) -> AccessKey {
        try caller.requireAdmin(for: "revoke a key")
        guard reason.utf8.count <= 1000 else {
            throw Failure(.invalidArgument, "reason may have up to 1000 bytes", details: ["field": "reason"])
        }
        let key = try await store.revoke(
            id, AccessKey.Revocation(at: .now, by: caller.id, reason: reason), by: caller.actor)
        try await ring.refresh()
        return key
    }

    // MARK: The audit log

    public func audit(
        _ filter: AuditFilter, after: Int64, limit: Int, caller: Caller
    ) async throws(Failure) -> [AuditRecord] {
        try caller.requireAdmin(for: "read the audit log")
        return try await store.audit(filter, after: after, limit: limit)
    }

    /// Appends what only a caller's service knows, such as a change of policy.
    public func record(_ act: AuditAct, caller: Caller) async throws(Failure) {
        _ = try await store.append(act, by: caller.actor, at: .now)
    }

    public static func unknown(_ id: String) -> Failure {
        Failure(.notFound, "there is no key \(id.prefix(64))", next: "list them: corral access list")
    }
}

extension Caller {
    /// As the audit log names it.
    public var actor: AuditActor { AuditActor(id: id, key: key) }
}
