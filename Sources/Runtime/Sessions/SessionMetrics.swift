import Foundations
import Metrics
import Reactor
import Sandboxes

/// Counts what happens to sessions, for `GET /metrics`.
@Reactor
public final class SessionMetrics: SessionObserver {
    private let opened: Family<Counter>
    private let ended: Family<Counter>
    private let live: Gauge
    private let records: Counter
    private let start: Histogram
    private let processorTime: Counter
    private let peakMemory: Histogram
    private let prefixHits: Family<Counter>
    private let prefixes: Gauge

    public nonisolated init(_ registry: MetricsRegistry) {
        opened = registry.counters("corral_sessions_opened_total", "Sessions started.", labels: ["environment"])
        ended = registry.counters(
            "corral_sessions_ended_total", "Sessions ended, by state and reason.", labels: ["state", "reason"])
        live = registry.gauge("corral_sessions", "Sessions that are open.")
        records = registry.counter("corral_steps_total", "Accepted resets and steps.")
        start = registry.histogram(
            "corral_session_start_seconds", "Time from the request for a session to its first readiness.")
        processorTime = registry.counter("corral_session_cpu_seconds_total", "Processor time of ended sessions.")
        prefixHits = registry.counters(
            "corral_prefix_lookups_total", "Sessions created behind a prefix, by whether it was there already.",
            labels: ["result"])
        prefixes = registry.gauge("corral_prefixes", "Sessions that are kept behind the prefixes of others.")
        peakMemory = registry.histogram(
            "corral_session_memory_peak_bytes", "Largest memory of ended sessions.",
            bounds: (20...34).map { Double(1 << $0) })
    }

    public func sessionOpened(_ session: SessionSummary) {
        opened[session.environment].increment()
        live.add(1)
        let microseconds = Timestamp.now.microseconds - session.createdAt.microseconds
        start.observe(Double(microseconds) / 1_000_000)
    }

    public func stepRecorded(_ record: StepRecord) { records.increment() }

    public func prefixLookedUp(isHit: Bool, entries: Int) {
        prefixHits[isHit ? "hit" : "miss"].increment()
        prefixes.set(Double(entries))
    }

    public func sessionEnded(_ session: SessionSummary, usage: SandboxUsage?) {
        guard session.wasOpened else { return }
        live.add(-1)
        let reason =
            switch session.phase {
            case .closed(let reason): reason.rawValue
            case .failed(let reason, _): reason.rawValue
            default: ""
            }
        ended[session.phase.name, reason].increment()
        guard let usage else { return }
        processorTime.increment(by: usage.processorTime / .seconds(1))
        peakMemory.observe(Double(usage.peakMemory))
    }
}
