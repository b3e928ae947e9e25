import Catalog
import Foundations
import JSON
import Manifests
import Publishing
import Sessions

/// Where the review of a version stands, and what is missing.
public struct ReviewView: Sendable {
    public let record: VersionRecord
    let verdict: ReviewPolicy.Verdict
    let decision: ReviewDecision
    let evidence: ReviewEvidence
    /// What an approval of the one who looks would sign.
    let approval: Approval

    /// `allowed` is about the policy alone: the state of the version has to allow a start too.
    public var json: JSONObject {
        var members = record.json
        members["round"] = .integer(record.round)
        members["submitted_by"] = record.submittedBy.map(JSONValue.string) ?? .null
        members["rule"] = .object(verdict.json)
        for (key, value) in decision.json { members[key] = value }
        for (key, value) in evidence.json { members[key] = value }
        members["statement"] = (try? approval.statement().json) ?? .null
        return members
    }
}

extension ReviewDesk {
    /// The webhook is not asked: what only it could say is `unanswered`.
    public func view(_ record: VersionRecord, caller: Caller) async throws(Failure) -> ReviewView {
        let rules = try await rules()
        let verdict = rules.policy.verdict(on: record.name, from: .catalog)
        let statements = try await store.attestations(of: record.digest, kind: nil)
        let evidence = ReviewEvidence(statements, about: record, keys: rules.keys)
        return ReviewView(
            record: record, verdict: verdict, decision: ReviewDecision(verdict, evidence, webhook: .notAsked),
            evidence: evidence, approval: Approval(of: record, by: caller))
    }

    /// Versions that wait for a review or are in one, the oldest first: those that the caller may see.
    ///
    /// - Parameter after: The digest of the last one of the page before.
    /// - Returns: `next` is nil where there are no more.
    public func waiting(
        _ state: VersionState.Name, after: String?, limit: Int, caller: Caller
    ) async throws(Failure) -> (records: [VersionRecord], next: String?) {
        var last = after
        var found: [VersionRecord] = []
        while true {
            let page = try await store.versions(in: state, after: last, limit: limit)
            for record in page {
                last = record.digest
                guard caller.sees(record.name) else { continue }
                found.append(record)
                if found.count == limit { return (found, last) }
            }
            if page.count < limit { return (found, nil) }
        }
    }

    /// What a new policy means for the versions that there are.
    public struct Reevaluation: Sendable {
        public var versions = 0
        /// Those that policy and state let start.
        public var allowed = 0
        /// Those whose review ended because nothing is missing any more.
        public var approved: [String] = []

        public var json: JSONObject {
            [
                "versions": .integer(Int64(versions)), "allowed": .integer(Int64(allowed)),
                "approved": .array(approved.map(JSONValue.string)),
            ]
        }
    }

    /// Reads policy and keys again and looks at all versions of the catalog by them; starts follow at once.
    ///
    /// - Throws: `permission_denied` for callers who are no administrators everywhere; where policy or keys cannot be
    ///   read, what reading them throws, and the old ones stay in force.
    public func reload(caller: Caller) async throws(Failure) -> Reevaluation {
        try caller.requireAdmin(for: "reload the policy")
        let rules = try await readAgain()
        var result = Reevaluation()
        for state in VersionState.Name.allCases {
            var last: String?
            while true {
                let page = try await store.versions(in: state, after: last, limit: 200)
                for record in page {
                    last = record.digest
                    result.versions += 1
                    // A version that is approved on the way is met again in that state.
                    if try await reevaluate(record, rules, &result) { result.versions -= 1 }
                }
                if page.count < 200 { break }
            }
        }
        return result
    }

    /// - Returns: Whether its review has ended.
    private func reevaluate(
        _ record: VersionRecord, _ rules: Rules, _ result: inout Reevaluation
    ) async throws(Failure) -> Bool {
        if [.submitted, .inReview].contains(record.state.name) {
            guard try await settle(record).state == .approved else { return false }
            result.approved.append(record.reference)
            return true
        }
        guard (try? record.state.checkStart(of: record.reference, byDigest: true)) != nil else { return false }
        let verdict = rules.policy.verdict(on: record.name, from: .catalog)
        let evidence = ReviewEvidence(
            try await store.attestations(of: record.digest, kind: nil), about: record, keys: rules.keys)
        switch ReviewDecision(verdict, evidence, webhook: .notAsked).outcome {
        case .allowed, .unanswered: result.allowed += 1
        case .denied, .incomplete: break
        }
        return false
    }
}
