import Foundations
import Reactor
import Spaces
import Workers

/// A session as it was at one call: what a branch of it goes on from.
@Reactor
struct BranchPoint {
    let state: SessionState
    let chain: RecordChain?
    let seedIsPending: Bool
    /// What the chain began with.
    let originSeed: Int64?
    /// Nil where it is not kept.
    let journal: SessionJournal?
}

extension Session {
    /// What `body` makes of the session while it rests: other calls are refused as busy.
    func resting<Value: Sendable>(
        _ body: @Reactor (BranchPoint, any SessionHost) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        lease.renew()
        while let drawing = watchers?.drawing { try await drawing.value() }
        try state.refuseIfOver()
        guard let host else { throw Failure(.busy, "the session is still starting", next: "try again shortly") }
        try state.beginFork()
        lease.hold()
        defer {
            lease.release()
            state.forkEnded()
            becameIdle()
        }
        return try await body(branchPoint, host)
    }

    var branchPoint: BranchPoint {
        BranchPoint(
            state: state.ofBranch, chain: chain, seedIsPending: seedIsPending, originSeed: originSeed,
            journal: journal?.branch())
    }

    /// Goes on with another host, which is in the state of a point of its past.
    func rewind(to point: BranchPoint, host other: (any SessionHost)?) async {
        if let other, let old = host {
            old.onEnd { _, _ in }
            host = other
            other.onEnd { [weak self] reason, text in self?.fail(reason, text) }
            await old.close()
        }
        state.rewind(to: point.state)
        (chain, seedIsPending, journal) = (point.chain, point.seedIsPending, point.journal?.branch())
    }

    /// Gives its host away and ends; nothing of it is told to anyone.
    func surrender() async -> (any SessionHost)? {
        let host = host
        host?.onEnd { _, _ in }
        self.host = nil
        onGone = nil
        await close(.requested)
        return host
    }

    /// The session goes on from where another one was; `host` is in the state of then.
    func begin(at point: BranchPoint, of parent: Session, host: any SessionHost) async throws(Failure) {
        defer { startEnded() }
        try await opened(with: host)
        (state, chain, seedIsPending, journal) = (
            point.state, point.chain, point.seedIsPending, point.journal?.branch()
        )
        originSeed = point.originSeed
        replies.adoptLast(of: parent.replies)
    }

    /// Makes the calls of another session again, untold, until it is where that one was.
    ///
    /// - Throws: `failed_precondition` where it comes out otherwise; what the host throws.
    func repeatCalls(of point: BranchPoint, _ calls: [JournaledCall]) async throws(Failure) {
        try await repeatCalls(calls)
        guard state.phase == point.state.phase, chain?.link == point.chain?.link else {
            throw Failure(diverged: plan, after: calls.count)
        }
        state = point.state
    }

    /// Starts the random numbers of a branch anew.
    ///
    /// - Throws: `failed_precondition` where its environment cannot.
    func reseed(_ seed: Int64) async throws(Failure) {
        guard let host else { return try state.refuseIfOver() }
        do throws(HostProblem) { try await host.reseed(seed) } catch {
            guard case .refused = error else { throw failure(of: error) }
            throw Failure(cannotReseed: plan)
        }
        try state.refuseIfOver()
        chain?.reseed(seed)
        journal?.add(.reseed(seed))
    }

    /// Makes calls that nobody is told of.
    func repeatCalls(_ calls: [JournaledCall]) async throws(Failure) {
        let onRecord = onRecord
        self.onRecord = nil
        defer { self.onRecord = onRecord }
        for call in calls {
            let index = state.index
            do throws(Failure) {
                switch call {
                case .reseed(let seed): try await reseed(seed)
                case .reset(let seed, let options): _ = try await reset(seed: seed, options: options, index: nil)
                case .step(let action): _ = try await step(action: SplitJSON(text: action), index: nil)
                }
            } catch {
                // What failed then fails now, and counts both times.
                guard state.index == index + 1 else { throw error }
            }
        }
    }
}

extension Failure {
    init(cannotReseed plan: LaunchPlan) {
        self.init(
            .failedPrecondition, "\(plan.reference) cannot start its random numbers anew in mid-episode",
            next: "leave the seed out, or reset the branches with one", details: ["reason": "reseed"])
    }

    init(diverged plan: LaunchPlan, after calls: Int) {
        self.init(
            .failedPrecondition,
            "\(plan.reference) did not do the same again: after \(calls) repeated calls its trajectory differs",
            next: "mark it as nondeterministic in its manifest, or fork it by snapshot or fork",
            details: ["reason": "replay_diverged"])
    }
}
