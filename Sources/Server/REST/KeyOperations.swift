import AccessKeys
import Foundations
import HTTP
import JSON
import Sessions

extension RESTAPI {
    nonisolated static let keyRoutes: [Route] = [
        Route(
            "POST", "/v1/keys", "createKey", "Make a key, which is shown this once",
            body: .object(schema: "CreateKey", isOptional: false),
            answers: [.init(status: 201, summary: "The key, with itself in `token`", schema: "CreatedKey")],
            codes: [.malformedJSON, .invalidArgument, .failedPrecondition, .resourceExhausted, .unimplemented]
        ) { api, call async throws(Failure) in try await api.createKey(call) },
        Route(
            "GET", "/v1/keys", "listKeys", "The keys of the catalog, oldest first",
            query: [.init(name: "state", summary: "active, expired or revoked", type: "string")],
            answers: [.init(status: 200, summary: "All of them", schema: "Keys")],
            codes: [.invalidArgument, .unimplemented]
        ) { api, call async throws(Failure) in try await api.listKeys(call) },
        Route(
            "GET", "/v1/keys/{key}", "getKey", "One key",
            answers: [.init(status: 200, summary: "The key", schema: "Key")], codes: [.notFound, .unimplemented]
        ) { api, call async throws(Failure) in
            let key = try await api.keyService().key(call.parameters["key"] ?? "", caller: call.caller)
            return .json(.object(key.json(at: .now)))
        },
        Route(
            "DELETE", "/v1/keys/{key}", "revokeKey", "Revoke a key for ever",
            query: [.init(name: "reason", summary: "Why, for the audit log", type: "string")],
            answers: [.init(status: 200, summary: "The key, which counts no more", schema: "Key")],
            codes: [.notFound, .invalidArgument, .unimplemented]
        ) { api, call async throws(Failure) in
            let key = try await api.keyService().revoke(
                call.parameters["key"] ?? "", reason: call.query("reason") ?? "", caller: call.caller)
            return .json(.object(key.json(at: .now)))
        },
        Route(
            "GET", "/v1/audit", "auditLog", "The audit log, from its first record",
            query: [
                .init(
                    name: "cursor", summary: "The next of the page before, or a sequence to begin behind",
                    type: "string"),
                .init(name: "limit", summary: "1 to 1000, default 100", type: "integer"),
                .init(name: "actor", summary: "Only what this caller did", type: "string"),
                .init(name: "action", summary: "Only this action", type: "string"),
                .init(name: "object", summary: "Only what was done to this", type: "string"),
                .init(name: "outcome", summary: "done or refused", type: "string"),
            ],
            answers: [.init(status: 200, summary: "A page of records", schema: "AuditRecords")],
            codes: [.invalidArgument, .unimplemented]
        ) { api, call async throws(Failure) in try await api.auditLog(call) },
    ]

    /// - Throws: `unimplemented` on a server without a catalog.
    private func keyService() throws(Failure) -> KeyService {
        guard let keys else { throw Failure(.unimplemented, "this server has no keys of its own") }
        return keys
    }

    private func createKey(_ call: Call) async throws(Failure) -> HTTPResponse {
        let body = try RequestBody(call.request, allowed: KeyWish.fields, isOptional: false)
        var members = JSONObject()
        for key in body.members.keys { members[key] = body.members.value(key) }
        let (key, token) = try await keyService().create(try KeyWish(json: .object(members)), caller: call.caller)
        var answer = key.json(at: .now)
        answer["token"] = .string(token.text)
        var response = HTTPResponse.json(.object(answer), status: 201)
        response.headers.append(("Cache-Control", "no-store"))
        return response
    }

    private func listKeys(_ call: Call) async throws(Failure) -> HTTPResponse {
        let now = Timestamp.now
        let wanted = try call.choice("state", AccessKey.State.self)
        let keys = try await keyService().keys(caller: call.caller).filter { key in
            wanted.map { key.state(at: now) == $0 } ?? true
        }
        return .json(["keys": .array(keys.map { .object($0.json(at: now)) })])
    }

    private func auditLog(_ call: Call) async throws(Failure) -> HTTPResponse {
        var filter = AuditFilter()
        filter.actor = call.query("actor")
        filter.action = call.query("action")
        filter.object = call.query("object")
        filter.outcome = try call.choice("outcome", AuditAct.Outcome.self)
        let limit = try call.count("limit", default: 100)
        let after = try call.integer("cursor", in: 0...Int.max) ?? 0
        let records = try await keyService().audit(filter, after: Int64(after), limit: limit, caller: call.caller)
        return .json([
            "records": .array(records.map { .object($0.json) }),
            "next": records.count == limit ? records.last.map { .string("\($0.sequence)") } ?? .null : .null,
        ])
    }

    nonisolated static let keySchemas: JSONObject = [
        "CreateKey": object(
            required: ["caller", "roles"],
            [
                ("caller", text), ("tenant", nullable("string")), ("roles", roles),
                ("acts_for_tenant", ["type": "boolean"]), ("rate", rate), ("note", text),
                ("expires_at", nullable("string")),
            ]),
        "Key": object(required: key.map(\.0), key),
        "CreatedKey": object(required: key.map(\.0) + ["token"], key + [("token", text)]),
        "Keys": object(required: ["keys"], [("keys", list(reference("Key")))]),
        "AuditRecords": object(
            required: ["records", "next"],
            [("records", list(object(required: record.map(\.0), record))), ("next", nullable("string"))]),
    ]

    private nonisolated static let roles: JSONValue = {
        let names = list(["enum": .array(Caller.Role.allCases.map { .string($0.rawValue) })])
        return ["oneOf": [names, ["type": "object", "additionalProperties": names]]]
    }()

    private nonisolated static let rate: JSONValue = [
        "type": ["object", "null"],
        "properties": ["per_second": ["type": "number"], "burst": ["type": "integer"]],
        "required": ["per_second"],
    ]

    private nonisolated static let key: [(String, JSONValue)] = [
        ("id", text), ("caller", text), ("tenant", text), ("roles", roles), ("acts_for_tenant", ["type": "boolean"]),
        ("rate", rate), ("note", text), ("expires_at", nullable("string")),
        ("state", ["enum": ["active", "expired", "revoked"]]), ("created_at", time), ("created_by", text),
        ("revoked_at", nullable("string")), ("revoked_by", nullable("string")),
        ("revoked_because", nullable("string")),
    ]

    private nonisolated static let record: [(String, JSONValue)] = [
        ("sequence", ["type": "integer"]), ("at", time), ("actor", text), ("key", nullable("string")),
        ("action", text), ("object", text), ("outcome", ["enum": ["done", "refused"]]), ("details", anyObject),
        ("previous", text), ("hash", text),
    ]
}
