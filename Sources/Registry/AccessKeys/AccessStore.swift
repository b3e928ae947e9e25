import Foundations

/// Where keys and the audit log are kept. Every change is one transaction, with its record in the log, that is on disk
/// when the call returns.
public protocol AccessStore: Sendable {
    /// - Throws: `already_exists` for an id that is there.
    func add(_ key: AccessKey, by actor: AuditActor) async throws(Failure)

    /// Takes a key's rights away for ever; once more changes nothing.
    ///
    /// - Throws: `not_found`.
    func revoke(_ id: String, _ revocation: AccessKey.Revocation, by actor: AuditActor) async throws(Failure)
        -> AccessKey

    /// Keys that were made or revoked after a change, in the order of their changes, and the number of the last change.
    ///
    /// - Parameter change: 0: all keys.
    func keys(changedAfter change: Int64) async throws(Failure) -> (keys: [AccessKey], change: Int64)

    /// Appends to the audit log.
    func append(_ act: AuditAct, by actor: AuditActor, at time: Timestamp) async throws(Failure) -> AuditRecord

    /// Records in their order.
    ///
    /// - Parameter after: The sequence of the last record of the page before; 0: from the first.
    func audit(_ filter: AuditFilter, after: Int64, limit: Int) async throws(Failure) -> [AuditRecord]
}

/// Which records of the audit log are wanted; nil members want any.
public struct AuditFilter: Sendable, Hashable {
    public var actor: String?
    public var action: String?
    public var object: String?
    public var outcome: AuditAct.Outcome?

    public init() {}
}
