import Foundations
import JSON

/// Whether a policy lets a version be started.
public struct ReviewDecision: Sendable, Hashable {
    public enum Outcome: Sendable, Hashable {
        case allowed
        /// By a rule, or by the webhook.
        case denied(reason: String)
        /// What is missing yet.
        case incomplete([String])
        /// Nothing else is missing, and the webhook gave no answer.
        case unanswered(reason: String)
    }

    /// What the webhook says.
    public enum WebhookAnswer: Sendable, Hashable {
        case notAsked
        case allowed
        case denied(reason: String)
        case failed(reason: String)
    }

    public let outcome: Outcome

    /// - Parameter evidence: Nil for a version that the catalog does not have, about which nobody can say anything.
    public init(_ verdict: ReviewPolicy.Verdict, _ evidence: ReviewEvidence?, webhook: WebhookAnswer) {
        switch verdict {
        case .allow: outcome = .allowed
        case .deny(let reason): outcome = .denied(reason: reason)
        case .require(let demands):
            let missing = Self.missing(demands, evidence)
            guard missing.isEmpty else {
                outcome = .incomplete(missing)
                return
            }
            guard demands.asksWebhook else {
                outcome = .allowed
                return
            }
            switch webhook {
            case .allowed: outcome = .allowed
            case .denied(let reason): outcome = .denied(reason: reason)
            case .failed(let reason): outcome = .unanswered(reason: reason)
            case .notAsked: outcome = .unanswered(reason: "it was not asked")
            }
        }
    }

    public var isAllowed: Bool { outcome == .allowed }

    private static func missing(_ demands: ReviewPolicy.Demands, _ evidence: ReviewEvidence?) -> [String] {
        guard let evidence else {
            return demands.needsReview ? ["it is not in the catalog, where it could be reviewed"] : []
        }
        var missing: [String] = []
        for kind in demands.checks {
            let check = evidence.checks.first { $0.kind == kind }
            if check?.hasPassed != true {
                missing.append("the check `\(kind)` has not passed" + (check == nil ? " yet" : ""))
            } else if !demands.acceptsWarnings, check?.hasWarnings != false {
                missing.append("the check `\(kind)` has warnings")
            }
        }
        let count = evidence.approvals.count { counted in
            !Set(counted.approval.roles).isDisjoint(with: demands.roles) && (counted.isOwn || !demands.needsOwnKeys)
        }
        if count < demands.approvals {
            let key = demands.needsOwnKeys ? " that are signed by the reviewer" : ""
            missing.append("it has \(count) of \(demands.approvals) approvals\(key)")
        }
        return missing
    }

    /// - Throws: `permission_denied` where it is denied, `failed_precondition` where something is missing yet,
    ///   `unavailable` where the webhook did not answer.
    public func check(_ reference: String) throws(Failure) {
        switch outcome {
        case .allowed: return
        case .denied(let reason):
            throw Failure(
                .permissionDenied, "the policy does not allow \(reference): \(reason)",
                next: "use another environment, or ask the operator", details: ["policy": "denied"])
        case .incomplete(let missing):
            throw Failure(
                .failedPrecondition, "the policy does not allow \(reference) yet: \(missing.joined(separator: "; "))",
                next: "see its review: corral review show \(reference)", details: ["policy": "incomplete"])
        case .unanswered:
            throw Failure(
                .unavailable, "the webhook gave no answer about \(reference)",
                next: "try again later; the server's log says why", details: ["policy": "unanswered"])
        }
    }

    var json: JSONObject {
        var members: JSONObject = ["allowed": .bool(isAllowed)]
        switch outcome {
        case .allowed: (members["decision"], members["missing"]) = ("allowed", [])
        case .denied(let reason): (members["decision"], members["missing"]) = ("denied", [.string(reason)])
        case .incomplete(let missing):
            members["decision"] = "incomplete"
            members["missing"] = .array(missing.map(JSONValue.string))
        case .unanswered:
            (members["decision"], members["missing"]) = ("unanswered", ["the webhook gave no answer"])
        }
        return members
    }
}
