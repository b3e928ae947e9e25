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
        let record = recorders?.mode(of: plan.reference, wish: request.record) ?? .off
        guard let seed = request.seed, !plan.isNondeterministic, prefixes.capacity > 0 else {
            let session = try await frozen(behind: prefix[...], request, plan, caller, record)
            do throws(Failure) {
                let created = try await branches(of: session, prefix, request, count, caller, isRepeatable, record)
                await session.close(.requested)
                return created
            } catch {
                await session.close(.requested)
                throw error
            }
        }
        var keys = [PrefixCache.Key(plan, seed: seed, options: request.options, keepsRecords: record != .off)]
        for action in prefix { keys.append(keys[keys.count - 1].then(action)) }
        let session = try await prefixes.session(behind: keys[prefix.count]) { () async throws(Failure) in
            for length in stride(from: prefix.count - 1, through: 0, by: -1) {
                guard let shorter = self.prefixes.peek(keys[length]) else { continue }
                return try await self.frozen(goingOnFrom: shorter, by: prefix[length...])
            }
            return try await self.frozen(behind: prefix[...], request, plan, caller, record)
        }
        return try await branches(of: session, prefix, request, count, caller, isRepeatable, record)
    }

    private func branches(
        of session: Session, _ prefix: [JSONValue], _ request: SessionRequest, _ count: Int, _ caller: Caller,
        _ isRepeatable: Bool, _ record: RecordingMode
    ) async throws(Failure) -> [CreatedSession] {
        if let kept = session.recorder as? PrefixRecords, kept.isOverflown {
            let planned = Array(repeating: session.plan, count: count)
            return try await played(prefix, planned, request, caller, isRepeatable)
        }
        let owner = BranchOwner(caller: caller, labels: request.labels, record: record)
        let fork = try await forkInTurn(session, count: count, for: owner)
        var created: [CreatedSession] = []
        for id in fork.ids {
            guard let child = sessions[id] else { continue }
            if isRepeatable || request.keepsFirstAnswer { child.replies.keepLastAsFirst() }
            created.append(CreatedSession(summary: child.summary, reset: try await child.replies.last()))
        }
        return created
    }

    /// Sessions that each make the reset and the actions themselves, because their records are too many to be kept for
    /// others.
    private func played(
        _ prefix: [JSONValue], _ planned: [LaunchPlan], _ request: SessionRequest, _ caller: Caller,
        _ isRepeatable: Bool
    ) async throws(Failure) -> [CreatedSession] {
        let started = try await startAll(planned, request, caller: caller, isRepeatable: isRepeatable)
        let own = started.compactMap { sessions[$0.summary.id] }
        do throws(Failure) {
            var created: [CreatedSession] = []
            for session in own {
                try await play(prefix[...], session)
                if isRepeatable || request.keepsFirstAnswer { session.replies.keepLastAsFirst() }
                created.append(CreatedSession(summary: session.summary, reset: try await session.replies.last()))
            }
            return created
        } catch {
            for session in own { await session.close(.requested) }
            throw error
        }
    }

    /// A session that no list has, behind a reset and some actions.
    private func frozen(
        behind prefix: ArraySlice<JSONValue>, _ request: SessionRequest, _ plan: LaunchPlan, _ caller: Caller,
        _ record: RecordingMode
    ) async throws(Failure) -> Session {
        try refuseIfDraining()
        try places.take(1)
        let session = register(request, plan: plan, caller: caller)
        hide(session)
        if record != .off { session.recorder = PrefixRecords() }
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
        let owner = BranchOwner(caller: shorter.owner, labels: [:], isHidden: true)
        let fork = try await forkInTurn(shorter, count: 1, for: owner)
        guard let session = fork.ids.first.flatMap({ sessions[$0] }) else {
            throw Failure(.unavailable, "the session was closed while it started", next: "try again")
        }
        hide(session)
        if let kept = shorter.recorder as? PrefixRecords { session.recorder = PrefixRecords(kept) }
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
        _ session: Session, count: Int, for owner: BranchOwner
    ) async throws(Failure) -> FinishedFork {
        await session.forkTurns.enter()
        defer { session.forkTurns.leave() }
        return try await forkNow(session, count: count, for: owner)
    }
}
