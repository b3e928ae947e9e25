import Catalog
import Foundations
import Logging
import Manifests
import Publishing
import Reactor
import Sessions
import Signing
import Synchronization

/// Decides about versions by the policy of the server, and carries reviews out. All starts come by here.
public final class ReviewDesk: StartPolicy {
    /// What is in force; replaced as a whole.
    struct Rules: Sendable {
        let policy: ReviewPolicy
        /// Whether somebody wrote it; else it depends on whether callers have keys.
        let isWritten: Bool
        let keys: TrustedKeys
        let webhook: PolicyWebhook?

        /// Reads files.
        init(_ policy: ReviewPolicy, isWritten: Bool, _ store: KeyStore, _ logger: Logger) throws(Failure) {
            self.policy = policy
            self.isWritten = isWritten
            keys = try TrustedKeys(of: policy, in: store)
            webhook = try policy.webhook.map { (webhook) throws(Failure) in try PolicyWebhook(webhook, logger: logger) }
        }
    }

    let store: any CatalogStore
    let keyStore: KeyStore
    private let logger: Logger
    private let source: @Sendable () throws(Failure) -> ReviewPolicy?
    private let hasKeys: @Sendable () -> Bool
    private let inForce: Mutex<Rules>

    /// - Parameters:
    ///   - hasKeys: Whether callers have keys now: says what counts where nobody wrote a policy.
    ///   - source: Reads the policy, now and whenever it is to be read again; nil where nobody wrote one.
    /// - Throws: What `source` throws, `not_found` where a trusted key is not there.
    public init(
        store: any CatalogStore, keys: KeyStore, logger: Logger, hasKeys: @escaping @Sendable () -> Bool,
        source: @escaping @Sendable () throws(Failure) -> ReviewPolicy?
    ) async throws(Failure) {
        self.store = store
        keyStore = keys
        self.logger = logger
        self.hasKeys = hasKeys
        self.source = source
        inForce = Mutex(
            try await offload { () throws(Failure) in
                let written = try source()
                return try Rules(
                    written ?? ReviewDesk.standard(hasKeys()), isWritten: written != nil, keys, logger)
            })
    }

    private static func standard(_ hasKeys: Bool) -> ReviewPolicy { hasKeys ? .keyed : .open }

    /// In force now.
    public var policy: ReviewPolicy {
        let rules = inForce.withLock { $0 }
        return rules.isWritten ? rules.policy : ReviewDesk.standard(hasKeys())
    }

    /// In force now, with the keys that belong to it.
    func rules() async throws(Failure) -> Rules {
        let rules = inForce.withLock { $0 }
        // The first key of a caller changes what counts without a policy.
        return rules.isWritten || rules.policy == ReviewDesk.standard(hasKeys()) ? rules : try await readAgain()
    }

    /// Reads policy and keys again; where they cannot be read, those that were in force stay.
    func readAgain() async throws(Failure) -> Rules {
        let rules = try await offload { [source, hasKeys, keyStore, logger] () throws(Failure) in
            let written = try source()
            return try Rules(
                written ?? ReviewDesk.standard(hasKeys()), isWritten: written != nil, keyStore, logger)
        }
        inForce.withLock { $0 = rules }
        return rules
    }

    /// Reads the keys again, so that one that was just added counts.
    func readKeysAgain() async throws(Failure) -> Rules {
        let before = try await rules()
        let rules = try await offload { [keyStore, logger] () throws(Failure) in
            try Rules(before.policy, isWritten: before.isWritten, keyStore, logger)
        }
        inForce.withLock { if $0.policy == before.policy { $0 = rules } }
        return rules
    }

    // MARK: Starting

    public func checkStart(
        of version: Candidate, of name: EnvironmentName, caller: Caller
    ) async throws(Failure) {
        let rules = try await rules()
        let verdicts = ReviewPolicy.Source.allCases.map { rules.policy.verdict(on: name, from: $0) }
        if verdicts.allSatisfy({ $0 == .allow }) { return }
        let reference = "\(name)@\(version.version)"
        guard let record = try await store.version(digest: version.digest) else {
            return try await decideOfFolder(version, name, caller, rules).check(reference)
        }
        try record.state.checkStart(of: reference, byDigest: true)
        try await decide(record, .start, caller: caller, rules).decision.check(reference)
    }

    public func initialState(for name: EnvironmentName, caller: Caller) -> VersionState {
        switch policy.verdict(on: name, from: .catalog) {
        case .allow: .unreviewed
        case .deny: .submitted
        case .require(let demands): demands.needsReview ? .submitted : .unreviewed
        }
    }

    private func decideOfFolder(
        _ version: Candidate, _ name: EnvironmentName, _ caller: Caller, _ rules: Rules
    ) async -> ReviewDecision {
        let verdict = rules.policy.verdict(on: name, from: .folder)
        let decision = ReviewDecision(verdict, nil, webhook: .notAsked)
        guard case .unanswered = decision.outcome, let webhook = rules.webhook else { return decision }
        let question = VersionRecord.question(
            .start, name, "\(version.version)", version.digest, source: .folder, caller: caller)
        return ReviewDecision(verdict, nil, webhook: await webhook.ask(question))
    }

    /// What the policy says of a version of the catalog now. The webhook is asked where all else is there.
    ///
    /// - Parameter more: Statements that are not stored yet.
    func decide(
        _ record: VersionRecord, _ occasion: PolicyWebhook.Occasion, caller: Caller?, adding more: [Attestation] = [],
        _ rules: Rules
    ) async throws(Failure) -> (
        decision: ReviewDecision, evidence: ReviewEvidence, webhook: ReviewDecision.WebhookAnswer
    ) {
        let verdict = rules.policy.verdict(on: record.name, from: .catalog)
        let statements = more + (try await store.attestations(of: record.digest, kind: nil))
        let evidence = ReviewEvidence(statements, about: record, keys: rules.keys)
        let decision = ReviewDecision(verdict, evidence, webhook: .notAsked)
        guard case .unanswered = decision.outcome, let webhook = rules.webhook else {
            return (decision, evidence, .notAsked)
        }
        let answer = await webhook.ask(record.question(occasion, evidence, caller: caller))
        return (ReviewDecision(verdict, evidence, webhook: answer), evidence, answer)
    }
}
