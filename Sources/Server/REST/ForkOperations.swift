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
        if try body.seed() != nil {
            throw Failure(
                .unimplemented, "branches cannot be given another seed",
                next: "leave the seed out, or reset them with one")
        }
        let forked = try await service.fork(
            try call.session(), count: try body.integer("count") ?? 1, caller: call.caller,
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
