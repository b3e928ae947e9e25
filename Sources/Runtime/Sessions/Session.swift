import Foundations
import JSON
import Reactor
import Sandboxes
import Spaces
import Workers

/// One agent's live hold on one environment.
@Reactor
final class Session {
    let id: UniqueID
    let plan: LaunchPlan
    let owner: Caller
    let labels: [String: String]
    let createdAt = Timestamp.now
    var state = SessionState()
    var host: (any SessionHost)?
    /// The last known usage, kept after the host is gone.
    private(set) var finalUsage: SandboxUsage?
    private(set) var finalLogs: [String] = []
    let lease: Lease
    /// Called once, when the session is over; before its host is gone.
    var onOver: (@Reactor (Session) -> Void)?
    /// Called once, when nothing of it is left.
    var onGone: (@Reactor (Session) -> Void)?
    var onRecord: (@Reactor (StepRecord) -> Void)?
    /// Keeps what happens; nil where nothing is kept.
    var recorder: (any SessionRecorder)?
    var watchers: SessionWatchers?

    private(set) var spaces: SessionSpaces?
    private(set) var agents: [String]?
    private(set) var rows: RowsOffer?
    private(set) var isolation = ""
    private(set) var wasOpened = false
    let seed: Int64?
    var seedIsPending = true
    var chain: RecordChain?
    /// What the chain began with.
    var originSeed: Int64?
    /// With which its random numbers started anew where it branched off.
    var branchSeed: Int64?
    /// Nil where its environment is never replayed.
    var journal: SessionJournal?
    /// The call in flight, as the journal has it once it counts.
    private var calling: JournaledCall?
    /// Nil where it was not forked from another one.
    let lineage: SessionLineage?
    /// By name.
    var snapshots: [String: SessionSnapshot] = [:]
    /// Observers do not know it, and are not told of its end.
    var isHidden = false
    let forkTurns = TurnQueue()
    /// Nil until it is forked.
    var family: SessionFamily?
    var checker: ValueChecker?
    /// Keeps the first answer however large it is.
    var keepsFirstAnswer = false
    private(set) var lastActiveAt: Timestamp?
    private(set) var isDismissed = false
    private let turns = TurnQueue()
    /// Those of the turn that wait for a call which came without one.
    private var waitingForIdle: [Wait<Void>] = []
    let replies: SessionReplies
    /// The answer of the call in flight, for retries that join it.
    private var running: Promise<CallAnswer>?
    private let started = Promise<Void>()
    private var hostInMaking: Task<Result<any SessionHost, Failure>, Never>?
    private var closing: Task<Void, Never>?

    init(
        id: UniqueID, plan: LaunchPlan, owner: Caller, labels: [String: String], seed: Int64?, lease: Lease,
        replies: SessionReplies, lineage: SessionLineage? = nil
    ) {
        self.id = id
        self.replies = replies
        self.plan = plan
        self.owner = owner
        self.labels = labels
        self.seed = seed
        self.lease = lease
        self.lineage = lineage
        family = lineage?.family
    }

    /// Makes the session's host; the end of the session cancels it.
    func opening(
        _ make: @escaping @Reactor () async throws(Failure) -> any SessionHost
    ) async throws(Failure) -> any SessionHost {
        let task = Task { () -> Result<any SessionHost, Failure> in
            do throws(Failure) { return .success(try await make()) } catch { return .failure(error) }
        }
        hostInMaking = task
        defer { hostInMaking = nil }
        return try await task.value.get()
    }

    /// The start is over, whatever came of it.
    func startEnded() { started.settle(.success(())) }

    func opened(with host: any SessionHost) async throws(Failure) {
        guard !state.phase.isOver else {
            await host.close()
            try state.refuseIfOver()
            return
        }
        self.host = host
        (spaces, agents, isolation, rows) = (host.spaces, host.agents, host.isolation, host.rows)
        if seed != nil { try requireSeeding(host) }
        checker = ValueChecker(spaces: host.valueSpaces, agents: host.agents, validation: plan.validation)
        host.onEnd { [weak self] reason, text in self?.fail(reason, text) }
        state.opened()
        wasOpened = true
        if host.rows != nil { journal = nil }
    }

    /// Starts an episode.
    ///
    /// - Parameter seed: Nil: the first reset draws one, later ones go on with the environment's own generator.
    func reset(seed: Int64?, options: JSONObject, index: Int?) async throws(Failure) -> CallAnswer {
        lease.renew()
        while let drawing = watchers?.drawing { try await drawing.value() }
        switch try state.begin(.reset, index: index) {
        case .answerAgain: return try await remembered()
        case .join: return try await joined().value()
        case .execute(let index):
            return try await execute(.reset, index: index, seed: seed, options: options, action: nil)
        }
    }

    /// - Parameter action: One JSON value, as the caller sent it.
    func step(action: SplitJSON, index: Int?) async throws(Failure) -> CallAnswer {
        lease.renew()
        while let drawing = watchers?.drawing { try await drawing.value() }
        switch try state.begin(.step, index: index) {
        case .answerAgain: return try await remembered()
        case .join: return try await joined().value()
        case .execute(let index): return try await execute(.step, index: index, seed: nil, options: [:], action: action)
        }
    }

    /// Takes a step as soon as no other call of the session runs; those that wait are taken in the order they came.
    func stepInTurn(action: SplitJSON) async throws(Failure) -> CallAnswer {
        lease.hold()
        defer { lease.release() }
        await turns.enter()
        defer { turns.leave() }
        while state.isBusy {
            let idle = Wait<Void>()
            waitingForIdle.append(idle)
            await idle.value()
        }
        return try await step(action: action, index: nil)
    }

    func becameIdle() {
        let waiting = waitingForIdle
        waitingForIdle = []
        for wait in waiting { wait.settle() }
    }

    func usage() async -> SandboxUsage {
        lease.renew()
        if let host { return await host.usage() }
        await closing?.value
        return finalUsage ?? SandboxUsage()
    }

    /// Ends the session for its owner, who asks no more for it.
    ///
    /// - Returns: Whether this was the first time, and the session was not closed before.
    func dismiss() async -> Bool {
        guard summary.isReachable else {
            await closing?.value
            return false
        }
        isDismissed = true
        await close(.requested)
        return true
    }

    /// Ends the session; returns when nothing of it is left. Calling it again waits for the same end.
    func close(_ reason: CloseReason) async {
        if state.close(reason) { over(Failure(.sessionClosed, "the session was closed (\(reason.rawValue))")) }
        await closing?.value
    }

    func fail(_ reason: FailureReason, _ text: String) {
        guard state.fail(reason, text) else { return }
        over(nil)
    }

    private func over(_ failure: Failure?) {
        let problem: Failure
        do {
            try state.refuseIfOver()
            problem = failure ?? Failure(.internal, "the session is over")
        } catch { problem = error }
        wake(.failure(problem))
        becameIdle()
        hostInMaking?.cancel()
        lease.end()
        family?.leave(id)
        let snapshots = snapshots
        self.snapshots = [:]
        let host = host
        self.host = nil
        finalLogs = host?.logs(last: 200) ?? []
        // Its owner closed it and asks no more; of a failed one a lost answer may still be fetched.
        if case .closed = state.phase { replies.forget() }
        onOver?(self)
        watchers?.tell(.ended(summary))
        let onGone = onGone
        closing = Task {
            _ = try? await started.value()
            await host?.close()
            for snapshot in snapshots.values { await snapshot.discard() }
            finalUsage = await host?.usage()
            await recorder?.finish(summary)
            if case .closed = state.phase { await replies.untilGone() }
            finalUsage?.memory = 0
            finalUsage?.processes = 0
            onGone?(self)
        }
        (self.onOver, self.onGone) = (nil, nil)
    }
}

extension Session {
    private func execute(
        _ call: SessionState.Call, index: Int, seed: Int64?, options: JSONObject, action: SplitJSON?
    ) async throws(Failure) -> CallAnswer {
        lease.hold()
        defer {
            lease.release()
            becameIdle()
        }
        do throws(Failure) {
            try state.refuseIfOver()
            guard let host, checker != nil else { throw busy("\(call)") }
            if let recorder, recorder.isFull {
                try await recorder.makeRoom()
                try state.refuseIfOver()
            }
            var record = RecordWriter(call == .reset ? .reset : .step)
            if seed != nil { try requireSeeding(host) }
            let usedSeed = call == .reset ? seed ?? firstSeed(host) : nil
            let checked = try await checked(action)
            if let checked {
                record.put(canonical: checked.canonical)
            } else {
                record.put(usedSeed)
                record.put(counted: JSONValue.object(options).canonical)
            }
            if journal != nil {
                calling =
                    try checked.map { (checked) throws(Failure) in .step(action: try checked.line()) }
                    ?? .reset(seed: usedSeed, options: options)
            }
            let reply: StepReply
            let asked = ContinuousClock.now
            do throws(HostProblem) {
                if let checked {
                    reply = try await host.step(checked)
                } else {
                    reply = try await host.reset(seed: usedSeed, options: options)
                }
                if call == .step { lastActiveAt = .now }
            } catch {
                if call == .step { lastActiveAt = .now }
                throw afterRefusal(error, seed: usedSeed, record: record, took: .now - asked)
            }
            let took = ContinuousClock.now - asked
            try state.refuseIfOver()
            try check(reply, &record)
            let extended = await extendedChain(with: record, seed: usedSeed)
            try state.refuseIfOver()
            return accept(reply, call, seed: usedSeed, record: record, chain: extended, took: took)
        } catch {
            if state.inFlight != nil { state.withdrawn() }
            wake(.failure(error))
            throw error
        }
    }

    private func check(_ reply: StepReply, _ record: inout RecordWriter) throws(Failure) {
        if let rows = reply.rows { return record.put(canonical: rows.canonical) }
        do {
            var canonical: [UInt8] = []
            try checker?.checkObservation(reply, canonical: &canonical)
            record.put(canonical: canonical)
            record.put(reply.reward)
            record.put(reply.terminated)
            record.put(reply.truncated)
            record.put(counted: try canonicalJSON(of: Array(reply.info)))
        } catch {
            let text = (error as? Failure)?.message ?? "\(error)"
            fail(.replyMalformed, "the reply was refused: \(text)")
            try state.refuseIfOver()
        }
    }

    /// In bytes: a first answer up to this size is kept.
    private static let smallAnswer = 4096

    private func accept(
        _ reply: StepReply, _ call: SessionState.Call, seed: Int64?, record: RecordWriter, chain: RecordChain?,
        took: Duration
    ) -> CallAnswer {
        var reply = reply
        reply.rows?.canonical = []
        if call == .reset { seedIsPending = false }
        state.accepted(over: call == .step && reply.isOver)
        append(
            record, seed: seed, extended: chain, agent: reply.agent, took: took,
            outcome: call == .step ? StepOutcome(reply) : nil)
        let answer = CallAnswer(
            kind: call == .reset ? .reset(seed: seed) : .step, index: state.index, episode: state.episode, reply: reply,
            space: reply.rows == nil ? checker?.observationSpace(of: reply) : nil)
        let isFirst = !replies.hasFirst && (keepsFirstAnswer || answer.byteCount <= Self.smallAnswer)
        replies.keep(answer, asFirst: isFirst)
        wake(.success(answer))
        if let watchers {
            watchers.tell(.answer(answer))
            drawForWatchers()
        }
        return answer
    }

    /// - Parameter seed: Of the first call.
    func newChain(_ seed: Int64?) -> RecordChain {
        RecordChain(
            versionDigest: plan.digest, instance: plan.instance,
            parameters: JSONValue.object(plan.parameters).canonical, seed: seed, rows: rows)
    }

    /// - Parameters:
    ///   - seed: Of the call; the first one's begins the chain.
    ///   - extended: The chain with the record already in it.
    private func append(
        _ record: RecordWriter, seed: Int64?, extended: RecordChain? = nil, agent: String? = nil, took: Duration,
        outcome: StepOutcome? = nil
    ) {
        if self.chain == nil { originSeed = seed }
        var chain = self.chain ?? newChain(seed)
        let previous = chain.link
        let link = extended?.link ?? chain.append(record.bytes)
        self.chain = extended ?? chain
        if let calling { journal?.add(calling) }
        calling = nil
        let step = StepRecord(
            session: id, index: state.index, episode: state.episode, canonical: record.bytes, link: link,
            previous: previous, originSeed: originSeed, agent: agent, time: .now, duration: took, outcome: outcome)
        recorder?.append(step)
        onRecord?(step)
    }

    /// What a caller is told when the host did not execute a call, and what becomes of the call's index.
    private func afterRefusal(
        _ problem: HostProblem, seed: Int64?, record: RecordWriter, took: Duration
    ) -> Failure {
        let failure = failure(of: problem)
        guard case .refused(let error) = problem, !state.phase.isOver else { return failure }
        if error.hadNoEffect {
            state.withdrawn()
        } else {
            state.acceptedWithError()
            var errorRecord = RecordWriter(.error)
            errorRecord.put(counted: record.bytes)
            errorRecord.put(counted: error.code.utf8)
            append(errorRecord, seed: seed, took: took)
            replies.keep(failure)
        }
        return failure
    }

    func failure(of problem: HostProblem) -> Failure {
        switch problem {
        case .ended(let reason, let text):
            fail(reason, text)
            do { try state.refuseIfOver() } catch { return reason == .timeout ? error.asTimeout : error }
            return Failure(.internal, text)
        case .refused(let error): return Failure(worker: error)
        }
    }

    func busy(_ call: String) -> Failure {
        Failure(.busy, "the session cannot \(call) now: it is \(state.phase.name)", next: "try again shortly")
    }

    private func remembered() async throws(Failure) -> CallAnswer {
        if let answer = try await replies.last() { return answer }
        try state.refuseIfOver()
        throw Failure(.conflict, "the session has no answer to give again")
    }

    /// The promise of the call in flight; made by the first that joins, so that other calls pay nothing.
    private func joined() -> Promise<CallAnswer> {
        let promise = running ?? Promise()
        running = promise
        return promise
    }

    /// Answers those that joined the call in flight.
    private func wake(_ result: Result<CallAnswer, Failure>) {
        running?.settle(result)
        running = nil
    }
}
