import Foundations
import GRPC
import JSON
import Protos
import Reactor
import Sessions

extension GRPCDoor {
    /// Those that make, list and step sessions.
    var sessionMethods: [GRPCMethod] {
        [
            desk.unary(CorralV1.SessionsService.create, isWatched: true) {
                [self] (request: CorralV1.CreateSessionRequest, visit) async throws(Failure) in
                let created = try await create(request, count: 1, visit)
                guard let only = created.first else { throw Failure(.internal, "no session was made") }
                return only
            },
            desk.unary(CorralV1.SessionsService.createBatch, isWatched: true) {
                [self] (request: CorralV1.CreateBatchRequest, visit) async throws(Failure) in
                guard (1...10_000).contains(request.count) else {
                    throw Failure(
                        .invalidArgument, "count has to be an integer from 1 to 10000", details: ["field": "count"])
                }
                var response = CorralV1.CreateBatchResponse()
                response.sessions = try await create(
                    request.session ?? CorralV1.CreateSessionRequest(), count: Int(request.count), visit)
                return response
            },
            desk.unary(CorralV1.SessionsService.get) {
                [self] (request: CorralV1.GetSessionRequest, visit) async throws(Failure) in
                CorralV1.Session(
                    try service.summary(try sessionID(request.session), caller: visit.caller), address: address)
            },
            desk.unary(CorralV1.SessionsService.list) {
                [self] (request: CorralV1.ListSessionsRequest, visit) async throws(Failure) in
                try list(request, visit.caller)
            },
            desk.unary(CorralV1.SessionsService.reset, isFrequent: true) {
                [self] (request: CorralV1.ResetRequest, visit) async throws(Failure) in
                try await reset(request, session: try sessionID(request.session), caller: visit.caller)
            },
            desk.unary(CorralV1.SessionsService.step, isFrequent: true) {
                [self] (request: CorralV1.StepRequest, visit) async throws(Failure) in
                try await step(request, session: try sessionID(request.session), caller: visit.caller)
            },
            desk.unary(CorralV1.SessionsService.stepBatch, isFrequent: true) {
                [self] (request: CorralV1.StepBatchRequest, visit) async throws(Failure) in
                await withCheckedContinuation { continuation in
                    StepBatch(request, door: self, caller: visit.caller) { continuation.resume(returning: $0) }
                        .run(in: SessionLanes())
                }
            },
        ]
    }

    private func create(
        _ request: CorralV1.CreateSessionRequest, count: Int, _ visit: Visit
    ) async throws(Failure) -> [CorralV1.CreatedSession] {
        let key = try idempotencyKey(request.idempotencyKey)
        let created = try await service.create(
            try SessionRequest(request), count: count, caller: visit.caller, idempotencyKey: key)
        if visit.call.isCancelled && key == nil {
            // Nobody knows these ids.
            for session in created { _ = try? await service.close(session.summary.id, caller: visit.caller) }
            throw Failure(.interrupted, "the caller left before the session was made")
        }
        return try created.map { (session) throws(Failure) in
            var made = CorralV1.CreatedSession()
            made.session = CorralV1.Session(session.summary, address: address)
            made.reset = try session.reset.map { (answer) throws(Failure) in
                try CorralV1.ResetResponse(answer, tensors: request.tensors)
            }
            return made
        }
    }

    func step(
        _ request: CorralV1.StepRequest, session: UniqueID, caller: Caller
    ) async throws(Failure) -> CorralV1.StepResponse {
        let action = try action(request.action)
        let answer = try await service.step(
            session, action: action.text, tensors: action.tensors, index: try index(request.index), caller: caller)
        return try CorralV1.StepResponse(answer, tensors: request.tensors)
    }

    func reset(
        _ request: CorralV1.ResetRequest, session: UniqueID, caller: Caller
    ) async throws(Failure) -> CorralV1.ResetResponse {
        let answer = try await service.reset(
            session, seed: try seed(request.seed), options: try jsonObject(request.options, "options"),
            index: try index(request.index), caller: caller)
        return try CorralV1.ResetResponse(answer, tensors: request.tensors)
    }

    private func list(
        _ request: CorralV1.ListSessionsRequest, _ caller: Caller
    ) throws(Failure) -> CorralV1.ListSessionsResponse {
        if !request.state.isEmpty, !SessionState.Phase.names.contains(request.state) {
            throw Failure(
                .invalidArgument, "there is no state \"\(request.state.prefix(100))\"",
                next: "states are \(SessionState.Phase.names.joined(separator: ", "))", details: ["field": "state"])
        }
        var filter = SessionFilter(
            state: request.state.isEmpty ? nil : request.state,
            environment: request.environment.isEmpty ? nil : request.environment)
        if !request.label.isEmpty {
            let parts = request.label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            filter.label = (String(parts[0]), parts.count > 1 ? String(parts[1]) : nil)
        }
        let found = try service.list(
            filter, cursor: request.cursor.isEmpty ? nil : request.cursor, limit: try pageLimit(request.limit),
            caller: caller)
        var response = CorralV1.ListSessionsResponse()
        response.sessions = found.sessions.map { CorralV1.Session($0, address: address) }
        response.next = found.next ?? ""
        return response
    }
}
