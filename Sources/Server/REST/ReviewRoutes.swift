import AccessKeys
import Catalog
import Foundations
import HTTP
import JSON
import Manifests
import Publishing
import Reactor
import Review
import Signing

extension RESTAPI {
    private nonisolated static let reviewErrors: [Failure.Code] = [
        .malformedJSON, .invalidArgument, .notFound, .conflict, .failedPrecondition, .unavailable, .unimplemented,
    ]

    nonisolated static let reviewRoutes: [Route] =
        [
            review("submit", "submitVersion", "Ask for a review of a version", "Reason") {
                api, call, record async throws(Failure) in
                let note = try call.reviewBody(["reason"]).string("reason") ?? ""
                let submitted = try await api.registry().apply(
                    .submit, to: record.reference, note: note, caller: call.caller)
                return try await api.desk().settle(submitted)
            },
            review("review", "startReview", "Begin the review of a version that was submitted", "Reason") {
                api, call, record async throws(Failure) in
                let note = try call.reviewBody(["reason"]).string("reason") ?? ""
                return try await api.desk().start(record, note: note, caller: call.caller)
            },
            review("approve", "approveVersion", "Approve the bytes of a version that is in review", "Approve") {
                api, call, record async throws(Failure) in
                let body = try call.reviewBody(["comment", "envelope"])
                let envelope = try body.members.value("envelope").flatMap { (value) throws(Failure) in
                    try value == .null ? nil : Envelope(value)
                }
                return try await api.desk().approve(
                    record, comment: try body.string("comment") ?? "", envelope: envelope, caller: call.caller)
            },
            review("reject", "rejectVersion", "Refuse a version, with the reason", "Reason") {
                api, call, record async throws(Failure) in
                let reason = try call.reviewBody(["reason"]).string("reason") ?? ""
                return try await api.desk().reject(record, reason: reason, caller: call.caller)
            },
            Route(
                "GET", "/v1/environments/{reference…}/review", "getReview",
                "Where the review of a version stands, and what the policy still demands",
                answers: [.init(status: 200, summary: "The review", schema: "Review")],
                codes: [.notFound, .invalidArgument, .unimplemented]
            ) { api, call async throws(Failure) in
                try await api.answer(try await api.reviewed(call), call)
            },
        ] + policyRoutes

    private nonisolated static let policyRoutes: [Route] = [
        Route(
            "GET", "/v1/reviews", "listReviews", "Versions that wait for a review or are in one, the oldest first",
            query: [
                .init(name: "state", summary: "submitted (default) or in_review", type: "string"),
                .init(name: "cursor", summary: "The next of the page before", type: "string"),
                .init(name: "limit", summary: "1 to 1000, default 100", type: "integer"),
            ],
            answers: [.init(status: 200, summary: "A page of them", schema: "Reviews")],
            codes: [.invalidArgument, .unavailable, .unimplemented]
        ) { api, call async throws(Failure) in try await api.waiting(call) },
        Route(
            "GET", "/v1/policy", "getPolicy", "What is demanded of versions before they may be started",
            answers: [.init(status: 200, summary: "The policy in force", schema: "Policy")], codes: [.unimplemented]
        ) { api, _ async throws(Failure) in .json(.object(try api.desk().policy.json)) },
        Route(
            "POST", "/v1/policy/reload", "reloadPolicy",
            "Read the policy again and look at all versions by it; starts follow at once",
            answers: [.init(status: 200, summary: "What it means for them", schema: "Reevaluation")],
            codes: [.invalidArgument, .notFound, .failedPrecondition, .unavailable, .unimplemented]
        ) { api, call async throws(Failure) in
            let result = try await api.desk().reload(caller: call.caller)
            try await api.keys?.record(
                AuditAct("policy.reload", "policy", details: ["allowed": .integer(Int64(result.allowed))]),
                caller: call.caller)
            return .json(.object(result.json))
        },
    ]

    private typealias Step = @Reactor @Sendable (RESTAPI, Call, VersionRecord) async throws(Failure) -> VersionRecord

    /// A step of a review: answered with the review after it.
    private nonisolated static func review(
        _ name: String, _ operation: String, _ summary: String, _ schema: String, step: @escaping Step
    ) -> Route {
        Route(
            "POST", "/v1/environments/{reference…}/\(name)", operation, summary,
            body: .object(schema: schema, isOptional: name != "reject"),
            answers: [.init(status: 200, summary: "The review", schema: "Review")], codes: reviewErrors
        ) { api, call async throws(Failure) in
            try await api.answer(try await step(api, call, try await api.reviewed(call)), call)
        }
    }

    /// - Throws: `unimplemented` on a server without a catalog.
    private func desk() throws(Failure) -> ReviewDesk {
        guard let reviews else { throw Failure(.unimplemented, "this server has no catalog") }
        return reviews
    }

    private func answer(_ record: VersionRecord, _ call: Call) async throws(Failure) -> HTTPResponse {
        .json(.object(try await desk().view(record, caller: call.caller).json))
    }

    /// The version that the path names exactly: what is reviewed is never a matter of resolution.
    private func reviewed(_ call: Call) async throws(Failure) -> VersionRecord {
        let reference = try Reference(call.reference)
        switch reference.constraint {
        case .exact, .digest: return try await registry().record(call.reference, caller: call.caller)
        default:
            throw Failure(
                .invalidArgument, "`\(call.reference)` may mean several versions",
                next: "name one, such as \(reference.name)@1.0.0 or \(reference.name)@sha256:…",
                details: ["field": "reference"])
        }
    }

    private func waiting(_ call: Call) async throws(Failure) -> HTTPResponse {
        let states: [VersionState.Name] = [.submitted, .inReview]
        let text = call.query("state") ?? "submitted"
        guard let state = states.first(where: { $0.rawValue == text }) else {
            throw Failure(.invalidArgument, "state has to be submitted or in_review", details: ["field": "state"])
        }
        let limit = try call.count("limit", default: 100)
        let page = try await desk().waiting(state, after: call.query("cursor"), limit: limit, caller: call.caller)
        return .json([
            "reviews": .array(page.records.map { .object($0.json) }), "next": page.next.map(JSONValue.string) ?? .null,
        ])
    }
}

extension Call {
    fileprivate func reviewBody(_ allowed: [String]) throws(Failure) -> RequestBody {
        try RequestBody(request, allowed: allowed)
    }
}
