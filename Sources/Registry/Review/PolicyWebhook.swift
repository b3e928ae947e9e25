import Catalog
import Foundations
import HTTPClient
import Hooks
import JSON
import Logging
import Manifests
import Sessions

/// The operator's own program that has the last word about versions. Fails closed: anything but its yes is a no.
struct PolicyWebhook: Sendable {
    private let transport: WebTransport
    private let timeout: Duration
    private let logger: Logger

    init(_ webhook: ReviewPolicy.Webhook, logger: Logger) throws(Failure) {
        transport = WebTransport(try HTTPEndpoint(webhook.url))
        timeout = webhook.timeout
        self.logger = logger
    }

    /// What is about to happen.
    enum Occasion: String, Sendable { case approval, start }

    func ask(_ question: JSONObject) async -> ReviewDecision.WebhookAnswer {
        let answer: ReviewDecision.WebhookAnswer
        do throws(HookProblem) {
            answer = Self.answer(
                try await transport.call("review", body: JSONValue.object(question).encoded(), timeout: timeout))
        } catch { answer = .failed(reason: error.reason) }
        if case .failed(let reason) = answer {
            logger.warning("the webhook of the policy failed", ["error": .string(reason)])
        }
        return answer
    }

    /// Reads `{"allow": true}`, or `{"allow": false, "reason": "…"}`; nothing else is an answer.
    static func answer(_ bytes: [UInt8]) -> ReviewDecision.WebhookAnswer {
        guard let value = try? JSONValue(parsing: bytes) else { return .failed(reason: "its answer is no JSON") }
        guard let object = value.object, case .bool(let isAllowed)? = object["allow"],
            object.keys.allSatisfy({ ["allow", "reason"].contains($0) })
        else { return .failed(reason: "its answer is not of the form {\"allow\": …, \"reason\": …}") }
        if isAllowed { return .allowed }
        let reason = object["reason"]?.string ?? ""
        return .denied(reason: reason.isEmpty ? "the webhook refuses it" : String(reason.prefix(1000)))
    }
}

extension VersionRecord {
    /// What the webhook is asked about a version of the catalog.
    func question(_ occasion: PolicyWebhook.Occasion, _ evidence: ReviewEvidence, caller: Caller?) -> JSONObject {
        var question = Self.question(occasion, name, "\(version)", digest, source: .catalog, caller: caller)
        question["state"] = .string(state.name.rawValue)
        question["round"] = .integer(round)
        question["published_by"] = .string(publishedBy)
        question["submitted_by"] = submittedBy.map(JSONValue.string) ?? .null
        for (key, value) in evidence.json where key != "ignored" { question[key] = value }
        return question
    }

    /// - Parameter caller: Nil where nobody starts anything.
    static func question(
        _ occasion: PolicyWebhook.Occasion, _ name: EnvironmentName, _ version: String, _ digest: String,
        source: ReviewPolicy.Source, caller: Caller?
    ) -> JSONObject {
        [
            "occasion": .string(occasion.rawValue), "environment": .string("\(name)@\(version)"),
            "namespace": .string(name.namespace ?? ""), "digest": .string("sha256:\(digest)"),
            "source": .string(source.rawValue),
            "caller": caller.map { ["id": .string($0.id), "tenant": .string($0.tenant)] } ?? .null,
        ]
    }
}
