import Foundations
import Sessions
import Synchronization

/// One key in force: what it says, what is left of its rate, and whether it was revoked.
final class KeyStanding: CallerStanding {
    let key: AccessKey
    /// Of the store that it is from; nil for a key of a file.
    private let freshness: Freshness?
    private let isRevoked: Atomic<Bool>
    private let bucket: Guarded<TokenBucket?>
    private let refusals: Refusals

    init(_ key: AccessKey, freshness: Freshness?, refusals: Refusals) {
        self.key = key
        self.freshness = freshness
        self.refusals = refusals
        isRevoked = Atomic(key.revocation != nil)
        bucket = Guarded(key.wish.rate.map { TokenBucket($0, at: .now) })
    }

    var caller: Caller {
        Caller(
            id: key.caller, tenant: key.wish.tenant, grants: key.wish.grants, actsForTenant: key.wish.actsForTenant,
            key: key.id, standing: self)
    }

    func revoke() { isRevoked.store(true, ordering: .releasing) }

    var isOver: Bool { isRevoked.load(ordering: .acquiring) || key.wish.expiresAt.map { $0 <= .now } ?? false }

    func admit() throws(Failure) {
        try freshness?.check()
        guard !isOver else {
            let state = isRevoked.load(ordering: .acquiring) ? "was revoked" : "has expired"
            let failure = Failure(
                .unauthenticated, "the key \(key.id) \(state)", next: "ask the operator for a new one",
                details: ["key": key.id])
            refusals.note("authenticate", "key \(key.id)", failure, by: AuditActor(id: key.caller, key: key.id))
            throw failure
        }
        guard let wait = bucket.withLock({ $0?.take(at: .now) }) else { return }
        // At least 1, as `Retry-After` counts whole seconds.
        let seconds = max(1, Int((wait / .seconds(1)).rounded(.up)))
        throw Failure(
            .resourceExhausted, "the key \(key.id) makes more requests than its rate allows",
            next: "try again in \(seconds) s, or ask for a key with a higher rate",
            details: ["key": key.id, "retry_after": "\(seconds)"])
    }

    func refused(_ what: String, caller: Caller) {
        refusals.note(
            "authorize", what, Failure(.permissionDenied, what), by: AuditActor(id: caller.id, key: caller.key))
    }
}

/// Callers without a key, as long as the server knows none.
final class OpenStanding: CallerStanding {
    private let hasKeys = Atomic(false)

    func end() { hasKeys.store(true, ordering: .releasing) }

    var isOver: Bool { hasKeys.load(ordering: .acquiring) }

    func admit() throws(Failure) {
        guard !isOver else {
            throw Failure(
                .unauthenticated, "this server wants a key by now", next: "send Authorization: Bearer KEY")
        }
    }

    func refused(_ what: String, caller: Caller) {}
}

/// When the store of keys was last read.
final class Freshness: Sendable {
    private let last = Guarded(ContinuousClock.now)

    func note(_ time: ContinuousClock.Instant) { last.withLock { $0 = max($0, time) } }

    /// - Throws: `unavailable` where that is too long ago to know what was revoked.
    func check(at now: ContinuousClock.Instant = .now) throws(Failure) {
        guard last.withLock({ $0 }).duration(to: now) > KeyRing.staleAfter else { return }
        throw Failure(
            .unavailable, "the server cannot read which keys were revoked", next: "try again when its catalog answers")
    }
}
