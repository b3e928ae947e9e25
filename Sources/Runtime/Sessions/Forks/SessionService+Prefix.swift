import Foundations
import JSON
import Reactor
import Spaces

extension SessionService {
    /// Starts `count` sessions that have all made the same reset and the same actions: made once, then branched.
    ///
    /// - Throws: what `create`, `step` and `fork` throw.
    func createBehind(
        _ prefix: [JSONValue], _ request: SessionRequest, plan: LaunchPlan, count: Int, caller: Caller,
        isRepeatable: Bool
    ) async throws(Failure) -> [CreatedSession] {
        guard request.reset, request.rows == nil else {
            throw Failure(
                .invalidArgument, "a prefix needs the reset, and one row",
                next: "leave reset and rows out, or the prefix",
                details: ["field": "prefix"])
        }
        guard let seed = request.seed, !plan.isNondeterministic, prefixes.capacity > 0 else {
            let session = try await frozen(behind: prefix[...], request, plan, caller)
            do throws(Failure) {
                let created = try await branches(of: session, request, count, caller, isRepeatable)
                await session.close(.requested)
                return created
            } catch {
                await session.close(.requested)
                throw error
            }
        }
        var keys = [PrefixCache.Key(plan, seed: seed, options: request.options)]
        for action in prefix { keys.append(keys[keys.count - 1].then(action)) }
        let session = try await prefixes.session(behind: keys[prefix.count]) { () async throws(Failure) in
            for length in stride(from: prefix.count - 1, through: 0, by: -1) {
                guard let shorter = self.prefixes.peek(keys[length]) else { continue }
                return try await self.frozen(goingOnFrom: shorter, by: prefix[length...])
            }
            return try await self.frozen(behind: prefix[...], request, plan, caller)
        }
        return try await branches(of: session, request, count, caller, isRepeatable)
    }

    private func branches(
        of session: Session, _ request: SessionRequest, _ count: Int, _ caller: Caller, _ isRepeatable: Bool
    ) async throws(Failure) -> [CreatedSession] {
        let fork = try await forkInTurn(session, count: count, owner: caller, labels: request.labels)
        var created: [CreatedSession] = []
        for id in fork.ids {
            guard let child = sessions[id] else { continue }
            if isRepeatable || request.keepsFirstAnswer { child.replies.keepLastAsFirst() }
            created.append(CreatedSession(summary: child.summary, reset: try await child.replies.last()))
        }
        return created
    }

    /// A session that no list has, behind a reset and some actions.
    private func frozen(
        behind prefix: ArraySlice<JSONValue>, _ request: SessionRequest, _ plan: LaunchPlan, _ caller: Caller
    ) async throws(Failure) -> Session {
        try refuseIfDraining()
        try places.take(1)
        let session = register(request, plan: plan, caller: caller)
        hide(session)
        defer { session.lease.release() }
        do throws(Failure) {
            try await open(session)
            _ = try await session.reset(seed: request.seed, options: request.options, index: nil)
            try await play(prefix, session)
            return session
        } catch {
            await session.close(.requested)
            throw error
        }
    }

    private func frozen(
        goingOnFrom shorter: Session, by actions: ArraySlice<JSONValue>
    ) async throws(Failure) -> Session {
        let fork = try await forkInTurn(shorter, count: 1, owner: shorter.owner, labels: [:], isHidden: true)
        guard let session = fork.ids.first.flatMap({ sessions[$0] }) else {
            throw Failure(.unavailable, "the session was closed while it started", next: "try again")
        }
        hide(session)
        do throws(Failure) {
            try await play(actions, session)
            return session
        } catch {
            await session.close(.requested)
            throw error
        }
    }

    private func play(_ actions: ArraySlice<JSONValue>, _ session: Session) async throws(Failure) {
        for action in actions {
            _ = try await session.step(action: SplitJSON(text: action.encoded()), index: nil)
        }
    }

    /// Out of lists, records and counts; its place it keeps.
    private func hide(_ session: Session) {
        sessions[session.id] = nil
        session.isHidden = true
        session.onRecord = nil
        session.onGone = nil
    }

    /// Forks as soon as another fork of the session is over.
    private func forkInTurn(
        _ session: Session, count: Int, owner: Caller, labels: [String: String], isHidden: Bool = false
    ) async throws(Failure) -> FinishedFork {
        await session.forkTurns.enter()
        defer { session.forkTurns.leave() }
        return try await forkNow(
            session, count: count, for: BranchOwner(caller: owner, labels: labels, isHidden: isHidden))
    }
}
