import Foundations
import HTTP
import JSON
import Sessions
import Spaces

extension DockerGymDoor {
    func create(_ call: DoorCall) async throws(Failure) -> HTTPResponse {
        let wanted: DoorCreation
        do throws(BodyProblem) { wanted = try DoorCreation(DoorBody(call.request)) } catch { return error.response }
        var request = try await offer.request(
            for: wanted.environment, parameters: wanted.parameters, caller: call.caller)
        request.unnamedInstance = .random
        request.keepsFirstAnswer = true
        guard let created = try await service.create(request, caller: call.caller).first else {
            throw Failure(.internal, "no session was made")
        }
        let id = created.summary.id
        do throws(Failure) {
            guard created.summary.agents == nil else {
                throw Failure(.failedPrecondition, "\(created.summary.environment) has several agents; use /v1")
            }
            guard !call.request.isClientGone else { throw Failure(.interrupted, "the client is gone") }
            return .json(bytes: try SessionAnswer(created.summary, first: created.reset, offer: offer).encoded())
        } catch {
            // Nobody else knows the session: this API has no list.
            try await service.closeOnce(id, caller: call.caller)
            throw error
        }
    }

    func read(_ call: DoorCall) async throws(Failure) -> HTTPResponse {
        let summary = try reachable(call)
        let first = try await service.firstAnswer(summary.id, caller: call.caller)
        return .json(bytes: try SessionAnswer(summary, first: first, offer: offer).encoded())
    }

    func step(_ call: DoorCall) async throws(Failure) -> HTTPResponse {
        let action: DoorAction
        do throws(BodyProblem) { action = try DoorAction(DoorBody(call.request)) } catch { return error.response }
        let summary = try reachable(call)
        let answer = try await service.stepInTurn(
            summary.id, action: Self.encoded(action.text, for: summary.spaces?.action), caller: call.caller)
        return .json(bytes: try StepAnswer(session: call.session, answer).encoded())
    }

    func delete(_ call: DoorCall) async throws(Failure) -> HTTPResponse {
        try await service.closeOnce(call.sessionID(), caller: call.caller)
        return .json(["status": "ok", "session_id": .string(call.session)])
    }

    private func reachable(_ call: DoorCall) throws(Failure) -> SessionSummary {
        let summary = try service.summary(call.sessionID(), caller: call.caller)
        guard summary.isReachable else { throw Failure(.notFound, "the session was closed") }
        return summary
    }

    /// The action as JSON: the text itself where texts are wanted, else what it spells.
    private nonisolated static func encoded(_ action: String, for space: Space?) -> [UInt8] {
        switch space {
        case .text?, nil: JSONValue.string(action).encoded()
        default: Array(action.utf8)
        }
    }
}

extension HTTPResponse {
    static func json(bytes: [UInt8]) -> HTTPResponse {
        HTTPResponse(status: 200, headers: [("Content-Type", "application/json")], body: bytes)
    }
}
