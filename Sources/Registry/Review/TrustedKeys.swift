import Foundations
import Signing

/// The keys that count where statements are verified.
public struct TrustedKeys: Sendable {
    /// Of servers that check and record approvals.
    public let servers: [VerifyingKey]
    private let byName: [String: VerifyingKey]

    /// - Parameter byName: Every key.
    public init(servers: [VerifyingKey], byName: [String: VerifyingKey] = [:]) {
        self.servers = servers
        self.byName = byName
    }

    /// Those of a folder; the server's own is made where the policy trusts it and there is none. Reads files.
    ///
    /// - Throws: `not_found` for a trusted key that is not there.
    init(of policy: ReviewPolicy, in store: KeyStore) throws(Failure) {
        guard policy.rules.contains(where: { if case .require = $0.verdict { true } else { false } }) else {
            self.init(servers: [])
            return
        }
        if policy.trusted.contains(KeyStore.defaultName) { _ = try store.serverKey() }
        var servers: [VerifyingKey] = []
        for name in policy.trusted { servers.append(try store.verifyingKey(name)) }
        self.init(
            servers: servers, byName: Dictionary(try store.list().map { ($0.name, $0.key) }) { first, _ in first })
    }

    /// The key that a reviewer alone has: the one with the reviewer's id as its name, unless it is a server's.
    func own(of reviewer: String) -> VerifyingKey? { byName[reviewer].flatMap { servers.contains($0) ? nil : $0 } }

    /// The statement of an envelope, where a server that is trusted has signed it.
    func statement(of envelope: Envelope) throws(Failure) -> Statement {
        try Statement(verifying: envelope, by: servers)
    }
}
