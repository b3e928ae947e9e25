import Foundations
import JSON
import Logging
import Reactor
import Sandboxes
import Spaces

/// All sessions of one server; every door calls it and none goes round it.
@Reactor
public final class SessionService {
    public struct Limits: Sendable {
        public var maxSessions: Int
        public var idleTimeout: Duration
        public var maxLifetime: Duration
        /// How many ended sessions stay readable.
        public var keptAfterEnd = 4096
        var family = SessionFamily.Limits()
        var journal = SessionJournal.Limits()
        /// Sessions that are kept behind the prefixes of others.
        public var prefixes = 0
        /// Nil: the server keeps none.
        public var checkpoints: CheckpointFolder?

        public init(maxSessions: Int, idleTimeout: Duration, maxLifetime: Duration) {
            self.maxSessions = maxSessions
            self.idleTimeout = idleTimeout
            self.maxLifetime = maxLifetime
        }

        /// Of a session and all its branches together.
        ///
        /// - Parameter memory: In bytes.
        public mutating func limitFamilies(sessions: Int, memory: Int) {
            family = SessionFamily.Limits(sessions: sessions, memory: memory)
        }

        /// Of what each session keeps so that it can be repeated.
        ///
        /// - Parameters:
        ///   - total: In bytes.
        ///   - folder: For what is old; it must be there.
        public mutating func limitJournals(total: Int, folder: String) {
            (journal.total, journal.folder) = (total, folder)
        }
    }

    public let limits: Limits
    let authority: any LaunchAuthority
    let hosts: any SessionHostSource
    let logger: Logger
    var places: PlaceTable
    var sessions: [UniqueID: Session] = [:]
    var ended: [UniqueID] = []
    private var ids: UniqueIDGenerator
    private var isDraining = false
    var observers: [any SessionObserver]
    private let hook: (any CreationHook)?
    private let replies: ReplyStore
    let recorders: (any SessionRecorderSource)?
    private let creations = OnceByKey<[UniqueID]>()
    let forks = OnceByKey<FinishedFork>()
    let prefixes: PrefixCache

    /// - Parameters:
    ///   - replies: Keeps answers for retries; without one all stay in memory.
    ///   - recorders: Keeps trajectories; without one none is kept.
    public init(
        server: UInt32, limits: Limits, authority: any LaunchAuthority, hosts: any SessionHostSource,
        observers: [any SessionObserver], hook: (any CreationHook)? = nil, replies: ReplyStore? = nil,
        recorders: (any SessionRecorderSource)? = nil, logger: Logger
    ) {
        self.limits = limits
        self.authority = authority
        self.hosts = hosts
        self.observers = observers
        self.hook = hook
        self.recorders = recorders
        self.replies = replies ?? ReplyStore(limit: .max, folder: "", logger: logger)
        self.logger = logger
        places = PlaceTable(capacity: limits.maxSessions)
        prefixes = PrefixCache(capacity: limits.prefixes)
        ids = UniqueIDGenerator(server: server)
        prefixes.onLook = { [weak self] isHit, entries in
            for observer in self?.observers ?? [] { observer.prefixLookedUp(isHit: isHit, entries: entries) }
        }
    }

    public var liveSessions: Int { places.taken }

    /// Starts `count` sessions, all or none, and resets them if the request says so.
    ///
    /// - Parameter idempotencyKey: The same key and request within ten minutes get the same sessions.
    /// - Throws: `resource_exhausted`, `unavailable`, and what the authority and the host source throw.
    public func create(
        _ request: SessionRequest, count: Int = 1, caller: Caller, idempotencyKey: String? = nil
    ) async throws(Failure) -> [CreatedSession] {
        try caller.requireSomewhere([.runner], for: "create a session")
        guard count > 0 else { throw Failure(.invalidArgument, "\(count) sessions are none") }
        guard let idempotencyKey else {
            return try await createNow(request, count: count, caller: caller, isRepeatable: false)
        }
        var first: [CreatedSession]?
        let ids = try await creations.once(
            [caller.tenant, caller.id, idempotencyKey], fingerprint: request.fingerprint(count: count)
        ) { () async throws(Failure) in
            let created = try await self.createNow(request, count: count, caller: caller, isRepeatable: true)
            first = created
            return created.map(\.summary.id)
        }
        if let first { return first }
        var created: [CreatedSession] = []
        for id in ids { created.append(try await createdAgain(id, request)) }
        return created
    }

    public func reset(
        _ id: UniqueID, seed: Int64?, options: JSONObject, index: Int?, caller: Caller
    ) async throws(Failure) -> CallAnswer {
        try await session(id, caller, .agent).reset(seed: seed, options: options, index: index)
    }

    /// - Parameter tensors: Arrays of the action that came as bytes, by JSON pointers that begin at it, where it has `null`.
    public func step(
        _ id: UniqueID, action: [UInt8], tensors: [String: Tensor] = [:], index: Int?, caller: Caller
    ) async throws(Failure) -> CallAnswer {
        try await session(id, caller, .agent).step(action: SplitJSON(text: action, tensors: tensors), index: index)
    }

    /// Takes a step after the calls of the session that run or wait already, where `step` would be refused as busy.
    public func stepInTurn(_ id: UniqueID, action: [UInt8], caller: Caller) async throws(Failure) -> CallAnswer {
        try await session(id, caller, .agent).stepInTurn(action: SplitJSON(text: action))
    }

    /// The answer to the first reset; nil where there was none, where it is large and nobody asked to keep it, and where
    /// the session was closed.
    public func firstAnswer(_ id: UniqueID, caller: Caller) async throws(Failure) -> CallAnswer? {
        try await session(id, caller, .watcher).replies.first()
    }

    /// - Parameter row: Of a vector session, from 0.
    public func render(
        _ id: UniqueID, mode: String?, row: Int = 0, caller: Caller
    ) async throws(Failure) -> Frame {
        try await session(id, caller, .agent).render(mode: mode, row: row)
    }

    public func interrupt(_ id: UniqueID, caller: Caller) throws(Failure) {
        try session(id, caller, .agent).interrupt()
    }

    public func keepAlive(_ id: UniqueID, caller: Caller) throws(Failure) -> Timestamp {
        let session = try session(id, caller, .agent)
        try session.state.refuseIfOver()
        session.lease.renew()
        return session.lease.expiresAt
    }

    public func summary(_ id: UniqueID, caller: Caller) throws(Failure) -> SessionSummary {
        let session = try session(id, caller, .watcher)
        session.lease.renew()
        return session.summary
    }

    public func logs(_ id: UniqueID, last count: Int, caller: Caller) throws(Failure) -> [String] {
        try session(id, caller, .watcher).logs(last: count)
    }

    public func usage(_ id: UniqueID, caller: Caller) async throws(Failure) -> SandboxUsage {
        await (try session(id, caller, .watcher)).usage()
    }

    /// Ends a session; returns when nothing of it is left. A session that is over stays as it is.
    public func close(_ id: UniqueID, caller: Caller) async throws(Failure) -> SessionSummary {
        let session = try session(id, caller, .owner)
        _ = await session.dismiss()
        return session.summary
    }

    /// Ends a session, once.
    ///
    /// - Throws: `not_found` also where the session was closed before, whatever closed it.
    public func closeOnce(_ id: UniqueID, caller: Caller) async throws(Failure) {
        let session = try session(id, caller, .owner)
        guard await session.dismiss() else { throw Failure(.notFound, "the session \(id) was closed before") }
    }

    /// Ends every session that the caller may close and has not closed yet, all at the same time.
    ///
    /// - Returns: Their ids, oldest first.
    public func closeAll(caller: Caller) async -> [UniqueID] {
        let closing = sessions.values.filter { session in
            caller.grant(on: session) == .owner
                && session.summary.isReachable
        }
        let ends = closing.map { session in (session.id, Task { await session.dismiss() }) }
        var closed: [UniqueID] = []
        for (id, end) in ends where await end.value { closed.append(id) }
        return closed.sorted { ($0.high, $0.low) < ($1.high, $1.low) }
    }

    /// Stops taking sessions, ends those there are, and returns when nothing is left.
    public func drain() async {
        isDraining = true
        let closing = sessions.values.map { session in Task { await session.close(.drained) } }
        // At the same time, because a session that is still starting waits for its host.
        await hosts.shutDown()
        await prefixes.clear()
        for close in closing { await close.value }
    }
}

/// A session just made, and the answer to its first reset.
public struct CreatedSession: Sendable {
    public let summary: SessionSummary
    public let reset: CallAnswer?
}

extension SessionService {
    func session(_ id: UniqueID, _ caller: Caller, _ needed: Grant) throws(Failure) -> Session {
        guard let session = sessions[id], let grant = caller.grant(on: session) else {
            throw Failure(
                .notFound, "there is no session \(id)", next: "create one, or list them with GET /v1/sessions")
        }
        guard grant >= needed else {
            throw caller.denied("\(caller.id) may not do this with session \(id)", next: "use a key of its owner")
        }
        return session
    }

    private func createNow(
        _ request: SessionRequest, count: Int, caller: Caller, isRepeatable: Bool
    ) async throws(Failure) -> [CreatedSession] {
        try refuseIfDraining()
        try places.refuseIfFull(count)
        if let prefix = request.prefix {
            let plan = try await plans(for: request, count: 1, caller: caller)[0]
            return try await createBehind(
                prefix, request, plan: plan, count: count, caller: caller, isRepeatable: isRepeatable)
        }
        let planned = try await plans(for: request, count: count, caller: caller)
        return try await startAll(planned, request, caller: caller, isRepeatable: isRepeatable)
    }

    /// A session for each plan, all or none.
    func startAll(
        _ planned: [LaunchPlan], _ request: SessionRequest, caller: Caller, isRepeatable: Bool
    ) async throws(Failure) -> [CreatedSession] {
        try refuseIfDraining()
        try places.take(planned.count)
        let made = planned.map { plan in register(request, plan: plan, caller: caller) }
        for session in made { session.keepsFirstAnswer = isRepeatable || request.keepsFirstAnswer }
        if made.count == 1, let only = made.first { return [try await start(only, request)] }
        let starts = made.map { session in Task { await self.startResult(session, request) } }
        var results: [Result<CreatedSession, Failure>] = []
        for start in starts { results.append(await start.value) }
        do throws(Failure) {
            return try results.map { (result) throws(Failure) in try result.get() }
        } catch {
            for session in made { await session.close(.requested) }
            throw error
        }
    }

    /// A plan for each session: the same for all, unless a hook is asked for each.
    private func plans(
        for request: SessionRequest, count: Int, caller: Caller
    ) async throws(Failure) -> [LaunchPlan] {
        guard hook != nil else {
            return Array(repeating: try await allowedPlan(for: request, caller: caller), count: count)
        }
        if count == 1 { return [try await hookedPlan(for: request, caller: caller)] }
        let planning = (0..<count).map { _ in
            Task { () async -> Result<LaunchPlan, Failure> in
                do throws(Failure) {
                    return .success(try await self.hookedPlan(for: request, caller: caller))
                } catch { return .failure(error) }
            }
        }
        var plans: [LaunchPlan] = []
        for plan in planning { plans.append(try await plan.value.get()) }
        return plans
    }

    private func hookedPlan(for request: SessionRequest, caller: Caller) async throws(Failure) -> LaunchPlan {
        let rewritten = try await hook?.rewrite(request, caller: caller) ?? request
        return try await allowedPlan(for: rewritten, caller: caller)
    }

    /// What the authority plans, where the caller may run it.
    func allowedPlan(for request: SessionRequest, caller: Caller) async throws(Failure) -> LaunchPlan {
        let plan = try await authority.plan(for: request, caller: caller)
        try caller.require(.runner, in: Caller.namespace(of: plan.reference), for: plan.reference)
        return plan
    }

    func refuseIfDraining() throws(Failure) {
        guard isDraining else { return }
        throw Failure(.unavailable, "the server is stopping", next: "create the session on another server")
    }

    func newID() -> UniqueID { ids.next() }

    /// Makes a session that has a place already.
    func register(
        _ request: SessionRequest, plan: LaunchPlan, caller: Caller, lineage: SessionLineage? = nil
    ) -> Session {
        let lease = Lease(idle: limits.idleTimeout, lifetime: limits.maxLifetime)
        let session = Session(
            id: ids.next(), plan: plan, owner: caller, labels: request.labels, seed: request.seed, lease: lease,
            replies: SessionReplies(in: replies), lineage: lineage)
        if plan.fork.contains(.replay) { session.journal = SessionJournal(limits: limits.journal) }
        let place = Place { [weak self] in self?.places.giveBack() }
        lease.onExpired = { [weak session] reason in
            guard let session else { return }
            Task { await session.close(reason) }
        }
        session.onRecord = { [weak self] record in
            for observer in self?.observers ?? [] { observer.stepRecorded(record) }
        }
        session.onOver = { _ in place.giveBack() }
        session.onGone = { [weak self] session in self?.ended(session) }
        sessions[session.id] = session
        // Until it has started: `start` releases it.
        lease.hold()
        return session
    }

    private func startResult(_ session: Session, _ request: SessionRequest) async -> Result<CreatedSession, Failure> {
        do throws(Failure) { return .success(try await start(session, request)) } catch { return .failure(error) }
    }

    private func start(_ session: Session, _ request: SessionRequest) async throws(Failure) -> CreatedSession {
        do throws(Failure) {
            defer { session.lease.release() }
            try await open(session)
            session.recorder = recorders?.recorder(for: session.summary, wish: request.record)
            let summary = session.summary
            for observer in observers { observer.sessionOpened(summary) }
            let answer =
                request.reset ? try await session.reset(seed: request.seed, options: request.options, index: nil) : nil
            return CreatedSession(summary: session.summary, reset: answer)
        } catch {
            await session.close(.requested)
            throw error
        }
    }

    func open(_ session: Session) async throws(Failure) {
        defer { session.startEnded() }
        try session.state.refuseIfOver()
        let host: any SessionHost
        do throws(Failure) {
            host = try await session.opening { () async throws(Failure) in
                try await self.hosts.open(session.plan, session: session.id)
            }
        } catch {
            if case .closed = session.state.phase { try session.state.refuseIfOver() }
            session.fail(error.details["reason"].flatMap(FailureReason.init) ?? .sandbox, error.message)
            throw error
        }
        try await session.opened(with: host)
    }

    private func ended(_ session: Session) {
        let summary = session.summary
        logger.info(
            "session \(summary.phase.name)",
            ["session": .string("\(session.id)"), "environment": .string(session.plan.reference)])
        if !session.isHidden {
            for observer in observers { observer.sessionEnded(summary, usage: session.finalUsage) }
        }
        ended.append(session.id)
        while ended.count > limits.keptAfterEnd { sessions.removeValue(forKey: ended.removeFirst())?.replies.forget() }
    }

    private func createdAgain(
        _ id: UniqueID, _ request: SessionRequest
    ) async throws(Failure) -> CreatedSession {
        guard let session = sessions[id] else {
            throw Failure(.notFound, "the session \(id) made with this Idempotency-Key is gone", next: "use a new key")
        }
        let first = request.reset ? try await session.replies.first() : nil
        return CreatedSession(summary: session.summary, reset: first)
    }
}

extension SessionRequest {
    /// Equal for equal requests.
    func fingerprint(count: Int) -> [UInt8] {
        let labels = JSONObject(labels.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) })
        let all: JSONValue = [
            "environment": .string(environment), "instance": instance.map(JSONValue.string) ?? .null,
            "parameters": .object(parameters), "seed": seed.map(JSONValue.integer) ?? .null,
            "options": .object(options), "labels": .object(labels), "reset": .bool(reset),
            "count": .integer(Int64(count)), "prefix": prefix.map(JSONValue.array) ?? .null,
            "rows": rows.map { .integer(Int64($0)) } ?? .null,
            "autoreset": autoreset.map(JSONValue.string) ?? .null,
            "record": record.map { .string($0.rawValue) } ?? .null,
        ]
        return all.canonical
    }
}

extension Caller {
    /// The most this caller may do with a session; nil for a stranger.
    func grant(on session: Session) -> Grant? {
        grant(onSessionOf: session.owner.id, tenant: session.owner.tenant, environment: session.plan.reference)
    }
}
