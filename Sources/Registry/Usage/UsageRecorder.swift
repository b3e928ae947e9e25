import Foundations
import Logging
import Metrics
import Reactor
import Sandboxes
import Sessions

/// Keeps an event of every session and episode. Events wait up to a second, so that many share one write; a server that
/// is killed loses those.
@Reactor
public final class UsageRecorder: SessionObserver {
    /// Events that wait while the disk refuses them; further ones are counted and lost.
    private static let longestQueue = 100_000

    private let store: UsageStore
    private let retention: Duration
    private let logger: Logger
    private let lost: Counter
    private var tally: UsageTally
    private var waiting: [UsageEvent] = []
    private var writing: Task<Void, Never>?
    private var nextForgetting = ContinuousClock.now
    private var isFailing = false

    /// - Parameters:
    ///   - server: The server's name in events.
    ///   - retention: For how long events are kept; zero: for ever.
    public nonisolated init(
        _ store: UsageStore, server: String, retention: Duration, metrics: MetricsRegistry, logger: Logger
    ) {
        self.store = store
        self.retention = retention
        self.logger = logger
        lost = metrics.counter("corral_usage_events_lost_total", "Usage events that could not be kept.")
        tally = UsageTally(server: server)
    }

    public func sessionOpened(_ session: SessionSummary) { tally.opened(session) }

    public func stepRecorded(_ record: StepRecord) { keep(tally.recorded(record, at: .now)) }

    public func sessionEnded(_ session: SessionSummary, usage: SandboxUsage?) {
        keep(tally.ended(session, usage: usage, at: .now))
    }

    /// Returns when everything told so far is on disk, or was refused.
    public func flush() async {
        await writing?.value
        if !waiting.isEmpty { await write() }
    }

    private func keep(_ events: [UsageEvent]) {
        guard !events.isEmpty else { return }
        let room = max(0, Self.longestQueue - waiting.count)
        if events.count > room { lost.increment(by: Double(events.count - room)) }
        waiting += events.prefix(room)
        if writing == nil { writeSoon() }
    }

    private func writeSoon() {
        writing = Task {
            try? await Task.sleep(for: .seconds(1))
            await write()
            writing = nil
            if !waiting.isEmpty { writeSoon() }
        }
    }

    private func write() async {
        let events = waiting
        waiting = []
        do throws(Failure) {
            if !events.isEmpty { try await store.add(events) }
            isFailing = false
            try await forget()
        } catch {
            if !isFailing { logger.log(.error, "usage events cannot be kept", failure: error) }
            isFailing = true
            let room = max(0, Self.longestQueue - waiting.count)
            lost.increment(by: Double(max(0, events.count - room)))
            waiting = events.suffix(room) + waiting
        }
    }

    private func forget() async throws(Failure) {
        guard retention > .zero, .now >= nextForgetting else { return }
        nextForgetting = .now.advanced(by: .seconds(3600))
        try await store.forget(before: Timestamp.now.advanced(by: .zero - retention))
    }
}
