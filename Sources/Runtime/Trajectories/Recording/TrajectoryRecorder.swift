import Digest
import Foundations
import Reactor
import Sessions

/// Keeps the records of one session: in memory until a chunk is full or old, then in the session's file.
@Reactor
final class TrajectoryRecorder: SessionRecorder {
    private struct Batch {
        var records = PackedRecords()
        var link = Frame.noSeal
        var since = ContinuousClock.now
    }

    let mode: RecordingMode
    private(set) var session: SessionSummary
    /// Records and bytes that are in the file.
    private(set) var acknowledged = 0
    private(set) var size = 0
    private(set) var episodes = 0
    private(set) var link: Digest32?
    private let store: TrajectoryStore
    private var batch = Batch()
    private var full: [Batch] = []
    private var file: RecordingFile?
    private var writing: Task<Void, Never>?
    private var failure: Failure?
    /// Whether there is a failure: asked before each call, without looking at it.
    private var hasFailed = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(_ session: SessionSummary, mode: RecordingMode, store: TrajectoryStore) {
        self.session = session
        self.mode = mode
        self.store = store
    }

    var isFull: Bool { hasFailed || store.isFull }

    func makeRoom() async throws(Failure) {
        while true {
            if let failure { throw failure }
            guard store.isFull else { return }
            guard store.policy.whenFull == .wait else {
                throw Failure(
                    .resourceExhausted, "the disk does not keep up with the trajectories of this server",
                    next: "try again shortly; --record-when-full wait makes calls wait instead")
            }
            await store.untilRoom()
        }
    }

    func append(_ record: StepRecord) {
        if file == nil {
            let header = TrajectoryHeader(session, first: record, mode: mode, server: store.server)
            let episode = record.episode - (record.canonical.first == 0x11 ? 1 : 0)
            file = RecordingFile(
                path: store.path(of: session.id), header: header, first: record.index, episode: episode,
                policy: store.policy)
        }
        if record.canonical.first == 0x11 { episodes += 1 }
        if batch.records.count == 0 { batch.since = .now }
        batch.records.append(record)
        batch.link = record.link
        link = record.link
        store.pending(record.canonical.count)
        if batch.records.byteCount >= store.policy.chunkBytes || batch.records.count >= store.policy.chunkRecords {
            flush()
        }
    }

    /// Writes what waits for longer than the policy says.
    func flushIfOld(_ now: ContinuousClock.Instant) {
        guard writing == nil, batch.records.count > 0, now - batch.since >= store.policy.flushInterval else { return }
        flush()
    }

    /// Writes what there is, soon.
    func flushNow() { flush() }

    /// Returns when all that was recorded so far is in the file.
    func flushed() async {
        flush()
        await writing?.value
    }

    private func flush() {
        if batch.records.count > 0 {
            full.append(batch)
            batch = Batch()
        }
        guard writing == nil, !full.isEmpty, let file else { return }
        writing = Task {
            while !full.isEmpty {
                let (next, mode) = (full.map { (records: $0.records, link: $0.link) }, mode)
                let bytes = full.reduce(0) { $0 + $1.records.byteCount }
                full = []
                let result = await offload { file.append(next, mode: mode) }
                store.pending(-bytes)
                switch result {
                case .success(let size):
                    let count = next.reduce(0) { $0 + $1.records.count }
                    acknowledged += count
                    store.wrote(count)
                    self.size = size
                case .failure(let failure): fail(failure)
                }
            }
            writing = nil
        }
    }

    /// What is in the file stays; nothing after it is taken any more.
    private func fail(_ failure: Failure) {
        if self.failure == nil { store.failed(self, failure) }
        (self.failure, hasFailed) = (failure, true)
        for batch in full { store.pending(-batch.records.byteCount) }
        full = []
    }

    func finish(_ session: SessionSummary) async {
        self.session = session
        await flushed()
        store.pending(-batch.records.byteCount)
        batch = Batch()
        if let file {
            let (state, reason) = session.phase.ending
            let result = await offload { file.finish(state: state, reason: reason) }
            if case .failure(let failure) = result, self.failure == nil { store.failed(self, failure) }
        }
        await store.ended(self)
    }
}

extension SessionState.Phase {
    /// State and reason of a session that is over.
    var ending: (state: String, reason: String) {
        switch self {
        case .closed(let reason): ("closed", reason.rawValue)
        case .failed(let reason, _): ("failed", reason.rawValue)
        default: ("closed", CloseReason.requested.rawValue)
        }
    }
}
