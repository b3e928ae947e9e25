import Foundations
import HTTP
import JSON
import Sessions
import Usage

extension RESTAPI {
    private nonisolated static let usageFilters: [Route.Query] = [
        .init(name: "since", summary: "Only what was over at this time (RFC 3339, or a date) or later", type: "string"),
        .init(name: "until", summary: "Only what was over before this time", type: "string"),
        .init(name: "environment", summary: "namespace/name, or an exact version", type: "string"),
        .init(name: "caller", summary: "Only that of this caller", type: "string"),
    ]

    nonisolated static let usageRoutes: [Route] = [
        Route(
            "GET", "/v1/usage", "usageSummaries", "Sums of sessions and episodes that are over",
            query: usageFilters + [
                .init(
                    name: "by",
                    summary:
                        "Summed up by: some of \(UsageQuery.Group.allCases.map(\.rawValue).joined(separator: ", ")), with commas between; by default environment",
                    type: "string")
            ],
            answers: [.init(status: 200, summary: "A group of each kind, most steps first", schema: "UsageSummaries")],
            codes: [.invalidArgument, .failedPrecondition]
        ) { api, call async throws(Failure) in try await api.usageSummaries(call) },
        Route(
            "GET", "/v1/usage/events", "usageEvents", "Sessions and episodes that are over, in the order they ended",
            query: usageFilters + [
                .init(name: "cursor", summary: "The next of the page before", type: "string"),
                .init(name: "limit", summary: "1 to 10000, default 1000", type: "integer"),
            ],
            answers: [
                .init(
                    status: 200, summary: "A page of events; the header Corral-Next has the cursor of the next",
                    schema: "UsageEvents",
                    contentTypes: ["application/json"] + UsageText.allCases.map(\.contentType))
            ],
            codes: [.invalidArgument, .failedPrecondition, .notAcceptable]
        ) { api, call async throws(Failure) in try await api.usageEvents(call) },
    ]

    private func usageSummaries(_ call: Call) async throws(Failure) -> HTTPResponse {
        let store = try keptUsage()
        var query = try usageQuery(call)
        query.groups = try (call.query("by") ?? "environment").split(separator: ",").map { name throws(Failure) in
            guard let group = UsageQuery.Group(rawValue: String(name)) else {
                let known = UsageQuery.Group.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure(
                    .invalidArgument, "usage cannot be summed up by \"\(name.prefix(100))\"", next: "use \(known)",
                    details: ["field": "by"])
            }
            return group
        }
        let groups = query.groups
        let summaries = try await store.summaries(query)
        return .json(["groups": .array(summaries.map { .object($0.json(groups)) })])
    }

    private func usageEvents(_ call: Call) async throws(Failure) -> HTTPResponse {
        let store = try keptUsage()
        let types = ["application/json"] + UsageText.allCases.map(\.contentType)
        guard let type = AcceptHeader(call.request.header("accept")).best(of: types) else {
            throw Failure(
                .notAcceptable, "usage events have no such form", next: "accept \(types.joined(separator: ", "))")
        }
        let limit = try call.integer("limit", in: 1...10_000) ?? 1000
        let after = try call.integer("cursor", in: 0...Int.max) ?? 0
        let page = try await store.events(after: Int64(after), matching: usageQuery(call), limit: limit)
        let next = page.count == limit ? page.last.map { "\($0.number)" } : nil
        var response: HTTPResponse
        if let text = UsageText.allCases.first(where: { $0.contentType == type }) {
            response = HTTPResponse(status: 200, headers: [("Content-Type", type)])
            response.body = page.reduce(into: after == 0 ? text.head : []) { $0 += text.line($1.event) }
        } else {
            response = .json([
                "events": .array(page.map { .object($0.event.json) }), "next": next.map(JSONValue.string) ?? .null,
            ])
        }
        if let next { response.headers.append(("Corral-Next", next)) }
        return response
    }

    private func keptUsage() throws(Failure) -> UsageStore {
        guard let usage else {
            throw Failure(
                .failedPrecondition, "this server keeps no usage events", next: "start it with --usage true")
        }
        return usage
    }

    private func usageQuery(_ call: Call) throws(Failure) -> UsageQuery {
        var query = UsageQuery()
        query.since = try call.time("since")
        query.until = try call.time("until")
        query.environment = call.query("environment")
        query.caller = call.query("caller")
        query.limit(to: call.caller)
        return query
    }
}

extension UsageQuery {
    /// An admin's query is about all tenants, everyone else's about their own.
    mutating func limit(to caller: Caller) { tenant = caller.isAdmin ? nil : caller.tenant }
}

extension Call {
    fileprivate func time(_ name: String) throws(Failure) -> Timestamp? {
        guard let text = query(name) else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw Failure(
                .invalidArgument, "\(name) is no time: \"\(text.prefix(100))\"",
                next: "write 2026-11-21T05:04:34Z or 2026-11-21", details: ["field": name])
        }
        return time
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(Failure) -> Int? {
        guard let text = query(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw Failure(
                .invalidArgument, "\(name) has to be \(range.lowerBound) to \(range.upperBound)",
                details: ["field": name])
        }
        return number
    }
}
