import Foundations
import Protos
import Reactor
import Sessions

extension DmEnvConnection {
    func createWorld(_ request: V1.CreateWorldRequest) async throws(Failure) -> V1.CreateWorldResponse {
        let created = try await door.service.create(try SessionRequest(request.settings), caller: visit.caller)
        var response = V1.CreateWorldResponse()
        response.worldName = created.first.map { "\($0.summary.id)" } ?? ""
        return response
    }

    func joinWorld(_ request: V1.JoinWorldRequest) throws(Failure) -> V1.JoinWorldResponse {
        guard player == nil else {
            throw Failure(
                .failedPrecondition, "this connection plays in a world already", next: "leave it, or open another one")
        }
        let seed = try onlySeed(request.settings, of: "joining")
        let world = try worldID(request.worldName)
        let summary = try door.service.summary(world, caller: visit.caller)
        guard let spaces = summary.spaces else {
            throw Failure(.failedPrecondition, "the world is not open: it is \(summary.phase.name)")
        }
        guard door.players[world] == nil else {
            throw Failure(
                .failedPrecondition, "another connection plays in this world", next: "wait until it has left")
        }
        let player = Player(world: world, specs: Specs(spaces, agents: summary.agents))
        player.seed = seed
        door.players[world] = player
        self.player = player
        var response = V1.JoinWorldResponse()
        response.specs = player.specs.message
        return response
    }

    func reset(_ request: V1.ResetRequest) throws(Failure) -> V1.ResetResponse {
        let player = try joined()
        if let seed = try onlySeed(request.settings, of: "a reset") { player.seed = seed }
        player.isRunning = false
        var response = V1.ResetResponse()
        response.specs = player.specs.message
        return response
    }

    func resetWorld(_ request: V1.ResetWorldRequest) async throws(Failure) -> V1.ResetWorldResponse {
        guard request.settings.isEmpty else {
            throw Failure(.invalidArgument, "the reset of a world takes no settings", next: "give a seed to Reset")
        }
        let world = try worldID(request.worldName)
        _ = try door.service.summary(world, caller: visit.caller)
        if let player, player.world == world {
            player.isRunning = false
        } else if let other = door.players[world], other.isRunning {
            try await other.interrupt().value()
        }
        return V1.ResetWorldResponse()
    }

    func destroyWorld(_ request: V1.DestroyWorldRequest) async throws(Failure) -> V1.DestroyWorldResponse {
        let world = try worldID(request.worldName)
        guard door.players[world] == nil else {
            throw Failure(.failedPrecondition, "a connection plays in the world", next: "leave it before")
        }
        try await door.service.closeOnce(world, caller: visit.caller)
        return V1.DestroyWorldResponse()
    }

    func step(_ request: V1.StepRequest) async throws(Failure) -> V1.StepResponse {
        let player = try joined()
        try player.specs.checkRequested(request.requestedObservations)
        if player.wasInterrupted(), let last = player.last {
            return try response(.interrupted, request, last, player)
        }
        guard player.isRunning else {
            let answer = try await door.service.reset(
                player.world, seed: player.seed, options: [:], index: nil, caller: visit.caller)
            try refuseTurns(answer)
            (player.seed, player.isRunning, player.last) = (nil, true, answer)
            return try response(.running, request, answer, player)
        }
        let action = try player.specs.action(request.actions)
        let answer: CallAnswer
        do throws(Failure) {
            answer = try await door.service.step(player.world, action: action, index: nil, caller: visit.caller)
        } catch {
            // Another door has ended the episode: the next step begins one.
            if error.code == .episodeOver || error.code == .notReset { player.isRunning = false }
            throw error
        }
        player.last = answer
        guard answer.reply.isOver else { return try response(.running, request, answer, player) }
        player.isRunning = false
        return try response(answer.reply.isTerminated ? .terminated : .interrupted, request, answer, player)
    }

    private func response(
        _ state: V1.EnvironmentStateType, _ request: V1.StepRequest, _ answer: CallAnswer, _ player: Player
    ) throws(Failure) -> V1.StepResponse {
        var response = V1.StepResponse()
        response.state = state
        response.observations = try player.specs.tensors(request.requestedObservations, of: answer)
        return response
    }

    func joined() throws(Failure) -> Player {
        guard let player else {
            throw Failure(.failedPrecondition, "this connection has joined no world", next: "send JoinWorld before")
        }
        return player
    }

    private func refuseTurns(_ answer: CallAnswer) throws(Failure) {
        guard answer.reply.agent == nil else {
            throw Failure(
                .unimplemented, "environments in which agents take turns have no form in dm_env_rpc",
                next: "play it over REST, WebSocket or gRPC")
        }
    }
}
