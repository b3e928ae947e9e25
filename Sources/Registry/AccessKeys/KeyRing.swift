import Foundations
import Logging
import Sessions

/// Who shows which key, decided from memory: what a store says is read at the start, after each change of this server's
/// own, and every two seconds for those of others.
public final class KeyRing: Sendable {
    /// How soon a key that another process made or revoked is known here, as long as the store answers.
    public static let refreshInterval = Duration.seconds(2)
    /// How long keys of the store count without its word; then they are refused.
    public static let staleAfter = Duration.seconds(30)

    private let store: (any AccessStore)?
    private let table: Guarded<KeyTable<KeyStanding>>
    /// Of callers without a key, as long as there is none.
    private let open = OpenStanding()
    private let freshness = Freshness()
    private let refusals: Refusals
    private let logger: Logger

    /// - Parameter file: Keys that the operator lists by their digests.
    public convenience init(file: [AccessKey], logger: Logger) { self.init(file, nil, logger) }

    /// The keys of a store, and those of a file beside them.
    ///
    /// - Parameter file: Nil: there is no file. One without keys lets nobody in.
    /// - Throws: What reading the store throws.
    public static func open(
        file: [AccessKey]? = nil, store: any AccessStore, logger: Logger
    ) async throws(Failure) -> KeyRing {
        let ring = KeyRing(file, store, logger)
        try await ring.refresh()
        return ring
    }

    private init(_ file: [AccessKey]?, _ store: (any AccessStore)?, _ logger: Logger) {
        self.store = store
        self.logger = logger
        refusals = Refusals(store: store, logger: logger)
        var known = KeyTable<KeyStanding>()
        for key in file ?? [] { known.add(file: key, KeyStanding(key, freshness: nil, refusals: refusals)) }
        table = Guarded(known)
        if file != nil { open.end() }
    }

    /// Whether callers need a key: as soon as there is one, whatever became of it.
    public var isInUse: Bool { open.isOver }

    /// - Parameter token: What the caller shows as its key; nil for nothing.
    /// - Throws: `unauthenticated`, and what `CallerStanding.admit` throws.
    public func caller(of token: String?) throws(Failure) -> Caller {
        guard isInUse else {
            let local = Caller.local
            return Caller(id: local.id, tenant: local.tenant, grants: local.grants, standing: open)
        }
        guard let token else {
            throw refused(
                Failure(.unauthenticated, "this server wants a key", next: "send Authorization: Bearer KEY"), nil)
        }
        guard let standing = table.withLock({ $0.find(token) }) else {
            throw refused(
                Failure(.unauthenticated, "the key is not known", next: "ask the operator for a key"),
                AccessToken.id(in: token))
        }
        try standing.admit()
        return standing.caller
    }

    private func refused(_ failure: Failure, _ id: String?) -> Failure {
        refusals.note("authenticate", id.map { "key \($0)" } ?? "", failure, by: AuditActor(id: "", key: nil))
        return failure
    }

    /// Reads what changed in the store.
    public func refresh() async throws(Failure) {
        guard let store else { return }
        let start = ContinuousClock.now
        let (keys, change) = try await store.keys(changedAfter: table.withLock { $0.change })
        for key in keys {
            table.withLock { table in
                if let known = table.entry(key.id) {
                    if key.revocation != nil { known.revoke() }
                } else {
                    table.add(key, KeyStanding(key, freshness: freshness, refusals: refusals))
                }
            }
        }
        table.withLock { $0.advance(to: change) }
        freshness.note(start)
        if !keys.isEmpty { open.end() }
    }

    /// Reads the store again and again, until the task is cancelled.
    public func run() async {
        guard store != nil else { return }
        var isTold = false
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.refreshInterval) } catch { return }
            do throws(Failure) {
                try await refresh()
                isTold = false
            } catch {
                if !isTold { logger.log(.error, "the keys of the catalog cannot be read", failure: error) }
                isTold = true
            }
        }
    }
}
