import Foundations
import Glibc
import Logging
import Metrics
import Reactor
import Sessions

/// The trajectories of one server: those it records, and those it has.
@Reactor
public final class TrajectoryStore: SessionRecorderSource {
    nonisolated let policy: RecordingPolicy
    /// The name of the server, for headers.
    nonisolated let server: String
    private nonisolated let folder: TrajectoryFolder
    private let logger: Logger
    private let written: Counter
    private let failures: Counter
    private let waiting: Gauge
    private var live: [UniqueID: TrajectoryRecorder] = [:]
    /// Bytes of records that are not written yet.
    private var pendingBytes = 0
    private var waiters: [CheckedContinuation<Void, Never>] = []
    private var timer: Timer?
    private var lastTidied: ContinuousClock.Instant?

    private static let timeBetweenTidying = Duration.seconds(60)

    /// - Parameter path: The folder of the files; made where it is missing, its parent not.
    /// - Throws: `failed_precondition`, `invalid_argument`.
    public nonisolated init(
        path: String, policy: RecordingPolicy, server: String, metrics: MetricsRegistry, logger: Logger
    ) throws(Failure) {
        self.policy = policy
        self.server = server
        self.logger = logger
        folder = try TrajectoryFolder(path, logger: logger)
        written = metrics.counter("corral_trajectory_records_total", "Records written to trajectories.")
        failures = metrics.counter(
            "corral_trajectory_failures_total", "Trajectories that could not be written any further.")
        waiting = metrics.gauge("corral_trajectory_pending_bytes", "Bytes of records that are not written yet.")
    }

    /// Seals what servers that ended left open, and removes what is kept no longer.
    public func start() async {
        let folder = folder
        await offload { folder.recover() }
        await tidy()
    }

    public func mode(of reference: String, wish: RecordingMode?) -> RecordingMode {
        policy.mode(of: reference, wish: wish)
    }

    public func recorder(for session: SessionSummary, wish: RecordingMode?) -> (any SessionRecorder)? {
        let mode = policy.mode(of: session.environment, wish: wish)
        guard mode != .off else { return nil }
        let recorder = TrajectoryRecorder(session, mode: mode, store: self)
        live[session.id] = recorder
        if timer == nil { tick() }
        return recorder
    }

    /// Trajectories that the caller may read, oldest first; what is recorded now counts what is in the file.
    ///
    /// - Parameters:
    ///   - cursor: The `next` of the page before.
    ///   - limit: 1 to 1000.
    public func list(
        _ filter: TrajectoryFilter, cursor: String?, limit: Int, caller: Caller
    ) async throws(Failure) -> (trajectories: [TrajectorySummary], next: String?) {
        var after = ""
        if let cursor {
            guard let id = UniqueID(cursor) else {
                throw Failure(
                    .invalidArgument, "the cursor is none of this list", next: "send the next of the page before")
            }
            after = "\(id)"
        }
        let (folder, place) = (folder, after)
        let found = try await offload { () throws(Failure) in
            try folder.list(filter, after: place, limit: limit + 1) {
                caller.grant(onSessionOf: $0.owner, tenant: $0.tenant, environment: $0.environment) != nil
            }
        }
        guard found.count > limit else { return (found, nil) }
        return (Array(found.prefix(limit)), "\(found[limit - 1].id)")
    }

    /// A trajectory to read; of one that is recorded now all that was recorded so far.
    ///
    /// - Parameter needed: What the caller has to be allowed with the session it is of.
    /// - Throws: `not_found`, `permission_denied`, `failed_precondition` where it is damaged.
    public func open(_ id: UniqueID, caller: Caller, needed: Grant = .watcher) async throws(Failure) -> TrajectoryFile {
        await live[id]?.flushed()
        let path = path(of: id)
        let missing = Failure(
            .notFound, "there is no trajectory \(id)", next: "list them with GET /v1/trajectories")
        let file: TrajectoryFile
        do throws(Failure) {
            file = try await offload { () throws(Failure) in try TrajectoryFile(path) }
        } catch { throw error.code == .notFound ? missing : error }
        let header = file.header
        let grant = caller.grant(onSessionOf: header.owner, tenant: header.tenant, environment: header.reference)
        guard let grant else { throw missing }
        guard grant >= needed else {
            throw caller.denied(
                "\(caller.id) may not do this with trajectory \(id)", next: "use a key of its owner")
        }
        return file
    }

    public func isLive(_ id: UniqueID) -> Bool { live[id] != nil }

    /// - Throws: `busy` while it is recorded; what `open` throws.
    public func remove(_ id: UniqueID, caller: Caller) async throws(Failure) {
        _ = try await open(id, caller: caller, needed: .owner)
        guard !isLive(id) else {
            throw Failure(.busy, "trajectory \(id) is still recorded", next: "close its session first")
        }
        let folder = folder
        _ = await offload { folder.remove(id) }
    }
}

extension TrajectoryStore {
    nonisolated func path(of id: UniqueID) -> String { folder.path(of: id) }

    var isFull: Bool { pendingBytes > policy.memory }

    /// - Parameter bytes: More than before; negative where some were written.
    func pending(_ bytes: Int) {
        pendingBytes += bytes
        waiting.set(Double(pendingBytes))
        guard bytes < 0, !isFull, !waiters.isEmpty else { return }
        let woken = waiters
        waiters = []
        for waiter in woken { waiter.resume() }
    }

    /// Returns when there may be room again.
    func untilRoom() async {
        for recorder in live.values { recorder.flushNow() }
        await withCheckedContinuation { if isFull { waiters.append($0) } else { $0.resume() } }
    }

    func wrote(_ records: Int) { written.increment(by: Double(records)) }

    func failed(_ recorder: TrajectoryRecorder, _ failure: Failure) {
        failures.increment()
        logger.with(session: "\(recorder.session.id)").log(.error, "a trajectory cannot be written", failure: failure)
    }

    func ended(_ recorder: TrajectoryRecorder) async {
        live[recorder.session.id] = nil
        if let lastTidied, .now - lastTidied < Self.timeBetweenTidying { return }
        await tidy()
    }

    private func tidy() async {
        lastTidied = .now
        let (folder, policy) = (folder, policy)
        let time = Timestamp.now.advanced(by: .zero - policy.keptTime).rfc3339
        do throws(Failure) {
            let removed = try await offload { () throws(Failure) in
                try folder.tidy(bytes: policy.keptBytes, before: time)
            }
            if removed > 0 { logger.info("removed old trajectories", ["count": .integer(Int64(removed))]) }
        } catch { logger.log(.warning, "old trajectories cannot be removed", failure: error) }
    }

    private func tick() {
        let now = ContinuousClock.now
        for recorder in live.values { recorder.flushIfOld(now) }
        guard !live.isEmpty else {
            timer = nil
            return
        }
        timer = Reactor.schedule(at: now + policy.flushInterval / 2) { [weak self] in self?.tick() }
    }
}
