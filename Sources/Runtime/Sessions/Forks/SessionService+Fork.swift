import Foundations
import JSON
import Reactor
import Workers

/// Sessions that were forked from one.
public struct ForkedSessions: Sendable {
    public let sessions: [SessionSummary]
    public let mechanism: ForkMechanism
    public let duration: Duration
}

/// What a repeated fork request is answered with.
struct FinishedFork: Sendable {
    let ids: [UniqueID]
    let mechanism: ForkMechanism
    let duration: Duration
}

extension SessionService {
    /// Branches a session, which rests meanwhile: `count` more that are in its state, all or none.
    ///
    /// - Parameters:
    ///   - seed: Random numbers of the branches start anew, those of branch *k* from `seed + k` (of a vector session from
    ///     `seed + k * rows`); nil: they go on as the session's own.
    ///   - idempotencyKey: The same key and request within ten minutes get the same sessions.
    /// - Throws: `busy`, `failed_precondition` where no mechanism that its version allows can do it (`details.reason` has
    ///   why), `resource_exhausted`, `unavailable`, `session_closed`, `session_failed`, and what authority and hosts throw.
    public func fork(
        _ id: UniqueID, count: Int = 1, seed: Int64? = nil, caller: Caller, idempotencyKey: String? = nil
    ) async throws(Failure) -> ForkedSessions {
        let parent = try session(id, caller, .owner)
        guard (1...10_000).contains(count) else {
            throw Failure(
                .invalidArgument, "count has to be an integer from 1 to 10000", details: ["field": "count"])
        }
        try await authority.confirm(parent.plan, caller: caller)
        let seeds = try seed.map { (seed) throws(Failure) in try Self.seeds(from: seed, count, parent) }
        guard let idempotencyKey else { return forked(try await forkNow(parent, count: count, seeds: seeds)) }
        return forked(
            try await forks.once(
                [caller.tenant, caller.id, idempotencyKey],
                fingerprint: Array("\(id) \(count) \(seed.map(String.init) ?? "")".utf8)
            ) { () async throws(Failure) in try await self.forkNow(parent, count: count, seeds: seeds) })
    }

    /// One for each branch.
    private static func seeds(from seed: Int64, _ count: Int, _ parent: Session) throws(Failure) -> [Int64] {
        guard parent.chain != nil else {
            throw Failure(
                .notReset, "the session was never reset: nothing of it is random yet",
                next: "leave the seed out, and reset the branches with one")
        }
        if let host = parent.host, !host.capabilities.contains(.reseed) { throw Failure(cannotReseed: parent.plan) }
        let rows = Int64(parent.rows?.count ?? 1)
        guard !seed.addingReportingOverflow(Int64(count) * rows).overflow else {
            throw Failure(.invalidArgument, "the seed \(seed) is too large", details: ["field": "seed"])
        }
        return (0..<Int64(count)).map { seed + $0 * rows }
    }

    /// Ends a session and all that descends from it, at the same time; returns when nothing of them is left.
    ///
    /// - Returns: The session, and how many others were ended.
    public func closeBranches(
        of id: UniqueID, caller: Caller
    ) async throws(Failure) -> (session: SessionSummary, branches: Int) {
        let session = try session(id, caller, .owner)
        let branches = session.family?.branches(of: id) ?? []
        let ends = branches.map { branch in Task { await branch.dismiss() } }
        _ = await session.dismiss()
        var count = 0
        for end in ends where await end.value { count += 1 }
        return (session.summary, count)
    }

    private func forked(_ fork: FinishedFork) -> ForkedSessions {
        ForkedSessions(
            sessions: fork.ids.compactMap { sessions[$0]?.summary }, mechanism: fork.mechanism, duration: fork.duration)
    }

    /// - Parameter owner: Nil: the parent's.
    /// - Parameter seeds: Of the branches' random numbers; nil: they go on as the parent's.
    func forkNow(
        _ parent: Session, count: Int, seeds: [Int64]? = nil, for owner: BranchOwner? = nil
    ) async throws(Failure) -> FinishedFork {
        let start = ContinuousClock.now
        try refuseIfDraining()
        try parent.state.refuseIfOver()
        let family = family(of: parent)
        try await family.reserve(count)
        do throws(Failure) {
            try places.take(count)
        } catch {
            family.giveBack(count)
            throw error
        }
        var taken = count
        defer {
            family.giveBack(taken)
            for _ in 0..<taken { places.giveBack() }
        }
        let (children, mechanism) = try await branch(
            parent, count: count, owner: owner ?? BranchOwner(caller: parent.owner, labels: parent.labels),
            family: family
        ) { taken -= 1 }
        if let seeds { try await reseed(children, with: seeds) }
        for child in children where owner?.isHidden != true {
            child.isHidden = false
            let wish = owner?.record ?? parent.recorder?.mode ?? .off
            var summary = child.summary
            if let recorder = recorders?.recorder(for: summary, wish: wish) {
                child.recorder = recorder
                if let before = parent.recorder as? PrefixRecords { before.records.forEach(recorder.append) }
                summary = child.summary
            }
            for observer in observers { observer.sessionOpened(summary) }
        }
        return FinishedFork(ids: children.map(\.id), mechanism: mechanism, duration: .now - start)
    }

    private func reseed(_ children: [Session], with seeds: [Int64]) async throws(Failure) {
        do throws(Failure) {
            for (child, seed) in zip(children, seeds) {
                try await child.reseed(seed)
                child.branchSeed = seed
            }
        } catch {
            for child in children { await child.close(.requested) }
            throw error
        }
    }

    /// - Parameter onTaken: Called for each child that has taken its place over.
    private func branch(
        _ parent: Session, count: Int, owner: BranchOwner, family: SessionFamily, onTaken: @Reactor () -> Void
    ) async throws(Failure) -> ([Session], ForkMechanism) {
        var refusals: [Failure] = []
        var rested: BranchPoint?
        let made = try await parent.resting {
            (point, host) async throws(Failure) -> ([any SessionHost], ForkMechanism)? in
            rested = point
            for mechanism in self.mechanisms(of: parent.plan, host) {
                if mechanism == .replay { return nil }
                try await self.hosts.makeRoom(for: count, like: parent.plan)
                do throws(HostProblem) {
                    return (try await host.fork(count, by: mechanism), mechanism)
                } catch {
                    guard case .refused(let refusal) = error else { throw parent.failure(of: error) }
                    refusals.append(Failure(refusal: refusal, mechanism, of: parent.plan))
                }
            }
            throw refusals.first ?? Failure(cannotFork: parent.plan)
        }
        guard let point = rested else { throw Failure(cannotFork: parent.plan) }
        guard let (hosts, mechanism) = made else {
            let children = try await replay(
                parent, from: point, count: count, owner: owner, family: family, onTaken: onTaken)
            return (children, .replay)
        }
        var children: [Session] = []
        do throws(Failure) {
            try refuseIfDraining()
            for _ in hosts { children.append(register(branchOf: parent, at: point, owner, family, onTaken)) }
            for (child, host) in zip(children, hosts) { try await child.begin(at: point, of: parent, host: host) }
        } catch {
            for host in hosts { await host.close() }
            for child in children {
                child.startEnded()
                await child.close(.requested)
            }
            throw error
        }
        return (children, mechanism)
    }

    /// Those that a version allows and its host can do, the preferred one first.
    func mechanisms(of plan: LaunchPlan, _ host: any SessionHost) -> [ForkMechanism] {
        guard !plan.fork.isEmpty else { return [] }
        let able = host.forkMechanisms
        let copy: [ForkMechanism] = able.contains(.copy) ? [.copy] : []
        return copy + plan.fork.filter { able.contains($0) || $0 == .replay }
    }

    func replay(
        _ parent: Session, from point: BranchPoint, count: Int, owner: BranchOwner, family: SessionFamily,
        onTaken: @Reactor () -> Void
    ) async throws(Failure) -> [Session] {
        guard let calls = try await point.journal?.calls() else { throw Failure(cannotFork: parent.plan) }
        try refuseIfDraining()
        let children = (0..<count).map { _ in register(branchOf: parent, at: point, owner, family, onTaken) }
        let starts = children.map { child in
            Task { () -> Result<Void, Failure> in
                do throws(Failure) {
                    try await self.open(child)
                    return .success(try await child.repeatCalls(of: point, calls))
                } catch { return .failure(error) }
            }
        }
        var results: [Result<Void, Failure>] = []
        for start in starts { results.append(await start.value) }
        do throws(Failure) {
            for result in results { try result.get() }
        } catch {
            for child in children { await child.close(.requested) }
            throw error
        }
        return children
    }

    private func register(
        branchOf parent: Session, at point: BranchPoint, _ owner: BranchOwner, _ family: SessionFamily,
        _ onTaken: @Reactor () -> Void
    ) -> Session {
        let lineage = SessionLineage(
            parent: parent.id, branchedAt: point.state.index, family: family, isShown: !parent.isHidden)
        let child = register(
            SessionRequest(environment: parent.plan.reference, seed: parent.seed, labels: owner.labels),
            plan: parent.plan, caller: owner.caller, lineage: lineage)
        child.isHidden = true
        child.lease.release()
        family.join(child)
        onTaken()
        return child
    }
}

extension Failure {
    /// - Parameter refusal: Of a host that was asked to fork.
    init(refusal: WorkerError, _ mechanism: ForkMechanism, of plan: LaunchPlan) {
        self.init(
            .failedPrecondition, "\(plan.reference) cannot be forked now: \(refusal.message)",
            next: "fork it before that, or allow replay in its manifest",
            details: ["mechanism": mechanism.rawValue, "reason": refusal.code])
    }

    init(cannotFork plan: LaunchPlan) {
        let why =
            plan.fork.isEmpty
            ? "its manifest refuses forks"
            : "its manifest allows \(plan.fork.map(\.rawValue).joined(separator: ", ")), and its worker can do none of them"
        self.init(
            .failedPrecondition, "\(plan.reference) cannot be forked: \(why)",
            next: "create another session and repeat the actions", details: ["reason": "unsupported"])
    }
}
