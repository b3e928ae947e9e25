import Catalog
import Foundations
import Publishing
import Reactor
import Sessions
import Signing

extension ReviewDesk {
    /// What becomes of a version when its circumstances change, such as a check that has passed: where nothing is missing
    /// any more, its review is over.
    ///
    /// - Returns: The version as it is then.
    @discardableResult
    public func settle(_ record: VersionRecord) async throws(Failure) -> VersionRecord {
        guard [.submitted, .inReview].contains(record.state.name) else { return record }
        let rules = try await rules()
        let found = try await decide(record, .approval, caller: nil, rules)
        guard found.decision.isAllowed else { return record }
        do throws(Failure) {
            return try await store.review(
                record.version, of: record.name, round: record.round, approval: nil,
                by: Principal(id: "policy", isAdmin: true), note: "the policy demands no more", at: .now,
                isEnough: Self.isEnough(rules, record, found.webhook))
        } catch {
            // It was rejected, submitted again or ended meanwhile.
            guard [.conflict, .failedPrecondition].contains(error.code) else { throw error }
            return try await store.version(digest: record.digest) ?? record
        }
    }

    /// - Parameter digest: Of the version; nothing happens where the catalog has none.
    public func settle(digest: String) async throws(Failure) {
        if let record = try await store.version(digest: digest) { try await settle(record) }
    }

    private static func isEnough(
        _ rules: Rules, _ record: VersionRecord, _ webhook: ReviewDecision.WebhookAnswer
    ) -> @Sendable ([Attestation]) -> Bool {
        let verdict = rules.policy.verdict(on: record.name, from: .catalog)
        return { statements in
            let evidence = ReviewEvidence(statements, about: record, keys: rules.keys)
            return ReviewDecision(verdict, evidence, webhook: webhook).isAllowed
        }
    }

    // MARK: What reviewers do

    public func start(_ record: VersionRecord, note: String, caller: Caller) async throws(Failure) -> VersionRecord {
        let principal = try reviewer(of: record, caller, "review")
        return try await store.apply(
            .startReview, to: record.version, of: record.name, by: principal, note: note, at: .now)
    }

    public func reject(
        _ record: VersionRecord, reason: String, caller: Caller
    ) async throws(Failure) -> VersionRecord {
        let principal = try reviewer(of: record, caller, "reject")
        return try await store.apply(
            .reject(reason: reason), to: record.version, of: record.name, by: principal, note: reason, at: .now)
    }

    /// Approves the bytes of a version in its present round; it is approved when nothing that the policy demands is
    /// missing.
    ///
    /// - Parameters:
    ///   - comment: Where no envelope is given.
    ///   - envelope: The approval, signed by the reviewer's own key; the server adds its signature. Nil: the server signs.
    /// - Throws: `permission_denied` for callers who may not review it, `invalid_argument` where the envelope is not
    ///   exactly their approval of this version in this round, `failed_precondition` where it is in no review.
    public func approve(
        _ record: VersionRecord, comment: String, envelope: Envelope?, caller: Caller
    ) async throws(Failure) -> VersionRecord {
        let principal = try reviewer(of: record, caller, "approve")
        let rules = try await readKeysAgain()
        if case .deny(let reason) = rules.policy.verdict(on: record.name, from: .catalog) {
            try ReviewDecision(.deny(reason: reason), nil, webhook: .notAsked).check(record.reference)
        }
        _ = try record.state.after(.approve, at: .now)
        let (new, note) = try await signed(record, comment, envelope, caller, rules)
        // Who has approved already does not add a second one.
        let statement = try await approval(of: record, by: caller, isOwn: envelope != nil, rules) ?? new
        let found = try await decide(record, .approval, caller: caller, adding: [statement], rules)
        let after = try await store.review(
            record.version, of: record.name, round: record.round, approval: statement, by: principal, note: note,
            at: .now, isEnough: Self.isEnough(rules, record, found.webhook))
        // Another approval may have come while the webhook was not asked yet.
        return rules.webhook != nil && found.webhook == .notAsked ? try await settle(after) : after
    }

    /// What counts already as the caller's approval of this round.
    private func approval(
        of record: VersionRecord, by caller: Caller, isOwn: Bool, _ rules: Rules
    ) async throws(Failure) -> Attestation? {
        try await store.attestations(of: record.digest, kind: Approval.kind).first { statement in
            ReviewEvidence([statement], about: record, keys: rules.keys).approvals.contains {
                $0.approval.reviewer == caller.id && ($0.isOwn || !isOwn)
            }
        }
    }

    /// The statement to keep, and its comment.
    private func signed(
        _ record: VersionRecord, _ comment: String, _ given: Envelope?, _ caller: Caller, _ rules: Rules
    ) async throws(Failure) -> (Attestation, comment: String) {
        var approval = Approval(of: record, by: caller, comment: comment)
        let key = try await offload { [keyStore] () throws(Failure) in try keyStore.serverKey() }
        let envelope: Envelope
        if var given {
            guard let own = rules.keys.own(of: caller.id) else {
                throw Failure(
                    .permissionDenied, "the server has no key of \(caller.id)",
                    next: "let the operator add it: corral key add \(caller.id) FILE")
            }
            let said = try Statement(verifying: given, by: [own])
            approval.comment = said.predicate["comment"]?.string ?? ""
            guard try said == approval.statement() else {
                throw Failure(
                    .invalidArgument,
                    "what was signed is not the approval of \(record.reference) by \(caller.id) in round \(record.round)",
                    next: "sign the statement that GET …/review shows", details: ["field": "envelope"])
            }
            try given.sign(with: key)
            envelope = given
        } else {
            envelope = try approval.statement().signed(by: [key])
        }
        guard approval.comment.utf8.count <= Approval.longestComment else {
            throw Failure(
                .invalidArgument, "a comment has at most \(Approval.longestComment) bytes",
                details: ["field": "comment"])
        }
        let statement = Attestation(
            digest: record.digest, kind: Approval.kind, result: "", envelope: envelope.json.encoded(), createdAt: .now,
            createdBy: caller.id)
        return (statement, approval.comment)
    }

    /// - Throws: `permission_denied` unless the policy lets the caller review the version.
    private func reviewer(of record: VersionRecord, _ caller: Caller, _ what: String) throws(Failure) -> Principal {
        let namespace = record.name.namespace ?? ""
        let roles = policy.verdict(on: record.name, from: .catalog).reviewers
        try caller.require(roles, in: namespace, for: "\(what) \(record.reference)")
        guard !record.submitters.contains(caller.id) else {
            throw caller.denied(
                "\(caller.id) has submitted \(record.reference) and cannot \(what) it",
                next: "let another reviewer do it")
        }
        return Principal(id: caller.id, isAdmin: true, key: caller.key)
    }
}
