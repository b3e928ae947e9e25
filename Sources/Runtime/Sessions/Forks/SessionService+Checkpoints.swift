import Digest
import Foundations
import JSON
import Reactor
import Workers

extension SessionService {
    /// Writes down what it takes to bring a session back, also after the server has ended.
    ///
    /// - Throws: `failed_precondition` where its version can neither be replayed nor has states that others take over.
    public func checkpoint(_ id: UniqueID, caller: Caller) async throws(Failure) -> Checkpoint {
        let session = try session(id, caller, .owner)
        let folder = try checkpointFolder()
        let checkpoint = try await session.resting { (point, host) async throws(Failure) in
            var state: [UInt8]?
            if point.journal == nil {
                do throws(HostProblem) { state = try await host.saveState() } catch { throw session.failure(of: error) }
            }
            let calls = try await point.journal?.encoded()
            guard calls != nil || state != nil else { throw Failure(cannotFork: session.plan) }
            guard state.map({ $0.count <= Self.snapshotBytes }) ?? true else {
                throw Failure(
                    .resourceExhausted, "the state of the session has more than \(Self.snapshotBytes >> 20) MiB",
                    next: "use fewer rows")
            }
            return Checkpoint(
                id: self.newID(), of: session.summary, seed: session.seed, seedIsPending: point.seedIsPending,
                parameters: session.plan.parameters, calls: calls, state: state)
        }
        try await offload { () throws(Failure) in try folder.write(checkpoint) }
        return checkpoint
    }

    /// A new session that goes on from a checkpoint.
    ///
    /// - Throws: `not_found`; `failed_precondition` where the version has changed since, or does not do the same again.
    public func restore(
        checkpoint id: UniqueID, caller: Caller
    ) async throws(Failure) -> (session: SessionSummary, mechanism: ForkMechanism) {
        try caller.requireSomewhere([.runner], for: "restore a checkpoint")
        let checkpoint = try await checkpoint(id, of: caller)
        try refuseIfDraining()
        var request = SessionRequest(
            environment: checkpoint.environment, instance: checkpoint.instance, parameters: checkpoint.parameters,
            seed: checkpoint.seed, labels: checkpoint.labels, reset: false)
        (request.rows, request.autoreset) = (checkpoint.rows?.count, checkpoint.rows?.autoreset)
        let plan = try await allowedPlan(for: request, caller: caller)
        guard plan.digest == checkpoint.digest else {
            throw Failure(
                .failedPrecondition, "\(checkpoint.environment) is not what it was: its digest has changed",
                next: "serve the version of then", details: ["digest": checkpoint.digest])
        }
        try refuseIfDraining()
        try places.take(1)
        let session = register(request, plan: plan, caller: caller)
        defer { session.lease.release() }
        do throws(Failure) {
            try await open(session)
            try await bringBack(session, checkpoint)
        } catch {
            await session.close(.requested)
            throw error
        }
        for observer in observers { observer.sessionOpened(session.summary) }
        return (session.summary, checkpoint.calls == nil ? .snapshot : .replay)
    }

    /// The caller's, oldest first.
    public func checkpoints(caller: Caller) async throws(Failure) -> [Checkpoint] {
        let folder = try checkpointFolder()
        return await offload { folder.all() }.filter { $0.grant(to: caller) == .owner }
    }

    public func discardCheckpoint(_ id: UniqueID, caller: Caller) async throws(Failure) {
        let folder = try checkpointFolder()
        _ = try await checkpoint(id, of: caller)
        await offload { folder.remove(id) }
    }

    private func bringBack(_ session: Session, _ checkpoint: Checkpoint) async throws(Failure) {
        if let state = checkpoint.state {
            guard let host = session.host else { return try session.state.refuseIfOver() }
            do throws(HostProblem) { try await host.loadState(state) } catch { throw session.failure(of: error) }
            let link = checkpoint.trajectoryHash.flatMap(Hexadecimal.bytes).flatMap { Digest32(bytes: $0) }
            session.chain = link.map { RecordChain(link: $0) }
        } else {
            guard let calls = checkpoint.calls.flatMap(JournaledCall.all) else {
                throw Failure(.internal, "the checkpoint is damaged", next: "restore another one")
            }
            try await session.repeatCalls(calls)
            guard session.trajectoryHash == checkpoint.trajectoryHash else {
                throw Failure(diverged: session.plan, after: calls.count)
            }
        }
        session.state.goOn(index: checkpoint.index, episode: checkpoint.episode, isOver: checkpoint.phase == "ended")
        session.seedIsPending = checkpoint.seedIsPending
    }

    private func checkpoint(_ id: UniqueID, of caller: Caller) async throws(Failure) -> Checkpoint {
        let folder = try checkpointFolder()
        guard let checkpoint = await offload({ folder.read(id) }),
            checkpoint.grant(to: caller) == .owner
        else { throw Failure(.notFound, "there is no checkpoint \(id)", next: "GET /v1/checkpoints lists them") }
        return checkpoint
    }

    private func checkpointFolder() throws(Failure) -> CheckpointFolder {
        guard let checkpoints = limits.checkpoints else {
            throw Failure(.unimplemented, "this server keeps no checkpoints", next: "use one with a data directory")
        }
        return checkpoints
    }
}

extension Checkpoint {
    fileprivate func grant(to caller: Caller) -> Grant? {
        caller.grant(onSessionOf: owner, tenant: tenant, environment: environment)
    }
}
