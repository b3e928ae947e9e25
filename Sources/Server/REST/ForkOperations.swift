import Foundations
import HTTP
import JSON
import Reactor
import Sessions

extension RESTAPI {
    func close(_ call: Call) async throws(Failure) -> HTTPResponse {
        guard try call.flag("branches") else {
            let summary = try await service.close(call.session(), caller: call.caller)
            return .json(["id": .string("\(summary.id)"), "state": .string(summary.phase.name)])
        }
        let closed = try await service.closeBranches(of: call.session(), caller: call.caller)
        return .json([
            "id": .string("\(closed.session.id)"), "state": .string(closed.session.phase.name),
            "branches": .integer(Int64(closed.branches)),
        ])
    }

    func fork(_ call: Call) async throws(Failure) -> HTTPResponse {
        let body = try RequestBody(call.request, allowed: ["count", "seed"])
        let forked = try await service.fork(
            try call.session(), count: try body.integer("count") ?? 1, seed: try body.seed(), caller: call.caller,
            idempotencyKey: try call.idempotencyKey())
        return .json(forked.json(address: address), status: 201)
    }
}

extension ForkedSessions {
    package func json(address: String) -> JSONValue {
        [
            "sessions": .array(sessions.map { $0.json(address: address) }),
            "mechanism": .string(mechanism.rawValue),
            "exact": mechanism.isCopy ? .bool(true) : .string("replayed"),
            "duration_ms": .number((duration / .milliseconds(1) * 1000).rounded() / 1000),
        ]
    }
}

extension RESTAPI {
    func snapshot(_ call: Call) async throws(Failure) -> HTTPResponse {
        let body = try RequestBody(call.request, allowed: ["name"])
        guard let name = try body.string("name") else {
            throw Failure(.invalidArgument, "the field \"name\" is missing", details: ["field": "name"])
        }
        return .json(try await service.snapshot(call.session(), name: name, caller: call.caller).json, status: 201)
    }

    func restore(_ call: Call) async throws(Failure) -> HTTPResponse {
        let name = call.parameters["name"] ?? ""
        let restored = try await service.restore(call.session(), name: name, caller: call.caller)
        return .json(restored.session.json(address: address, restored.mechanism))
    }

    func checkpoint(_ call: Call) async throws(Failure) -> HTTPResponse {
        .json(try await service.checkpoint(call.session(), caller: call.caller).description, status: 201)
    }

    func restoreCheckpoint(_ call: Call) async throws(Failure) -> HTTPResponse {
        let restored = try await service.restore(checkpoint: call.checkpoint(), caller: call.caller)
        return .json(restored.session.json(address: address, restored.mechanism), status: 201)
    }
}

extension SessionSummary {
    /// The session object, and how it came to be where it is.
    fileprivate func json(address: String, _ mechanism: ForkMechanism) -> JSONValue {
        .object(JSONObject(members(address: address) + [("mechanism", .string(mechanism.rawValue))]))
    }
}

extension SnapshotSummary {
    var json: JSONValue {
        [
            "name": .string(name), "index": .integer(Int64(index)), "episode": .integer(Int64(episode)),
            "mechanism": .string(mechanism.rawValue),
        ]
    }
}

extension Checkpoint {
    var description: JSONValue {
        [
            "id": .string("\(id)"), "session": .string("\(session)"), "environment": .string(environment),
            "digest": .string(digest), "instance": instance.map(JSONValue.string) ?? .null,
            "index": .integer(Int64(index)), "episode": .integer(Int64(episode)),
            "trajectory_hash": trajectoryHash.map(JSONValue.string) ?? .null, "created_at": .string(createdAt),
        ]
    }
}

extension Call {
    /// The checkpoint that the path names.
    func checkpoint() throws(Failure) -> UniqueID {
        let text = parameters["checkpoint"] ?? ""
        guard let id = UniqueID(text) else {
            throw Failure(
                .notFound, "there is no checkpoint \"\(text.prefix(64))\"", next: "GET /v1/checkpoints lists them")
        }
        return id
    }
}
