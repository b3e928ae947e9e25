import Catalog
import Foundations
import JSON
import Sessions
import Testing

@testable import Review

@Suite struct DecisionTests {
    private static let answers: [ReviewDecision.WebhookAnswer] = [
        .notAsked, .allowed, .denied(reason: "no"), .failed(reason: "late"),
    ]

    /// Everything that can be demanded of what can be there, with each answer of the webhook.
    @Test func `a version may be started exactly if nothing that is demanded is missing`() throws {
        let keys = try Keys()
        let subject = try version()
        let passed = try keys.check(of: subject)
        let warned = try keys.check(of: subject, severities: ["warning", "note"])
        let rejected = try keys.check(of: subject, verdict: "rejected", severities: ["error"])
        let rob = try keys.approval(of: subject, by: caller("rob", .reviewer), keys: [keys.server, keys.rob])
        let zoe = try keys.approval(of: subject, by: caller("zoe", .admin))
        var allowed = 0
        var refused = 0
        for check in [nil, passed, warned, rejected] {
            for approvals in [[], [rob], [zoe], [rob, zoe]] {
                let evidence = ReviewEvidence(
                    approvals + [check].compactMap { $0 }, about: subject, keys: keys.trusted)
                #expect(evidence.ignored == [])
                for demands in Self.allDemands {
                    let hasCheck =
                        demands.checks.isEmpty || check == passed || check == warned && demands.acceptsWarnings
                    // Only rob's is signed by a key of his own; an administrator has every role.
                    let counting = approvals.filter { approval in
                        (approval == rob || !demands.needsOwnKeys) && (approval == zoe || demands.roles != [.admin])
                    }
                    let isComplete = hasCheck && counting.count >= demands.approvals
                    for answer in Self.answers {
                        let decision = ReviewDecision(.require(demands), evidence, webhook: answer)
                        let expected = isComplete && (!demands.asksWebhook || answer == .allowed)
                        #expect(decision.isAllowed == expected, "\(demands) \(evidence) \(answer)")
                        let starts = (try? decision.check("ns/Env@1.0.0")) != nil
                        #expect(starts == expected)
                        if expected { allowed += 1 } else { refused += 1 }
                    }
                }
            }
        }
        #expect(allowed > 500 && refused > 500)
    }

    private static let allDemands: [ReviewPolicy.Demands] = {
        var all: [ReviewPolicy.Demands] = []
        for checks in [[], ["admission"]] {
            for approvals in 0...2 {
                for roles in [[Caller.Role.reviewer], [.admin], [.reviewer, .admin]] {
                    for bits in 0..<8 {
                        var demands = ReviewPolicy.Demands(checks: checks, approvals: approvals)
                        demands.roles = roles
                        demands.acceptsWarnings = bits & 1 != 0
                        demands.needsOwnKeys = bits & 2 != 0
                        demands.asksWebhook = bits & 4 != 0
                        all.append(demands)
                    }
                }
            }
        }
        return all
    }()

    @Test(arguments: answers) func `allow and deny ask nobody`(_ answer: ReviewDecision.WebhookAnswer) {
        #expect(ReviewDecision(.allow, nil, webhook: answer).isAllowed)
        #expect(ReviewDecision(.deny(reason: "r"), nil, webhook: answer).outcome == .denied(reason: "r"))
    }

    @Test func `what only a folder has cannot be reviewed`() {
        let decision = ReviewDecision(.require(.init(approvals: 1)), nil, webhook: .allowed)
        #expect(decision.outcome == .incomplete(["it is not in the catalog, where it could be reviewed"]))
        var demands = ReviewPolicy.Demands()
        demands.asksWebhook = true
        #expect(ReviewDecision(.require(demands), nil, webhook: .allowed).isAllowed)
        #expect(!ReviewDecision(.require(demands), nil, webhook: .notAsked).isAllowed)
    }

    @Test func `each refusal has its code`() {
        func code(_ verdict: ReviewPolicy.Verdict, _ answer: ReviewDecision.WebhookAnswer) -> Failure.Code? {
            do throws(Failure) {
                try ReviewDecision(verdict, nil, webhook: answer).check("a/B@1.0.0")
                return nil
            } catch { return error.code }
        }
        var demands = ReviewPolicy.Demands()
        demands.asksWebhook = true
        #expect(code(.deny(reason: "r"), .notAsked) == .permissionDenied)
        #expect(code(.require(.init(approvals: 1)), .notAsked) == .failedPrecondition)
        #expect(code(.require(demands), .denied(reason: "r")) == .permissionDenied)
        #expect(code(.require(demands), .failed(reason: "r")) == .unavailable)
        #expect(code(.require(demands), .allowed) == nil)
    }

    @Test(arguments: [
        (#"{"allow": true}"#, ReviewDecision.WebhookAnswer.allowed),
        (#"{"allow": true, "reason": "fine"}"#, .allowed),
        (#"{"allow": false, "reason": "no"}"#, .denied(reason: "no")),
        (#"{"allow": false}"#, .denied(reason: "the webhook refuses it")),
    ])
    func `the webhook says yes or no`(_ text: String, _ answer: ReviewDecision.WebhookAnswer) {
        #expect(PolicyWebhook.answer(Array(text.utf8)) == answer)
    }

    @Test(arguments: [
        "", "true", "yes", "[]", "{}", "null", #"{"allow": "true"}"#, #"{"allow": 1}"#, #"{"allow": null}"#,
        #"{"allow": true, "deny": true}"#, #"{"allow": true"#, #"{"allow": false, "allow": true}"#,
        #"{"result": {"allow": true}}"#, "\u{0}", #"{"allow": true} {"allow": true}"#,
    ])
    func `anything else from the webhook is no answer`(_ text: String) {
        guard case .failed = PolicyWebhook.answer(Array(text.utf8)) else {
            return #expect(Bool(false), "\(text) counts as an answer")
        }
    }
}
