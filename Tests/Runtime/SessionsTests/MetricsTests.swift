import Foundations
import Metrics
import Reactor
import ScriptedSessions
import Testing

@testable import Sandboxes
@testable import Sessions

@Reactor
struct SessionMetricsTests {
    private let registry = MetricsRegistry()

    private func bench() throws -> (ScriptedService, SessionMetrics) {
        (try ScriptedService(), SessionMetrics(registry))
    }

    private var lines: [Substring] { registry.render().split(separator: "\n") }

    @Test func `opened, open and ended sessions are counted, with what they used`() async throws {
        let (scripted, metrics) = try bench()
        scripted.source.prepare = { host in
            host.used.processorTime = .milliseconds(1500)
            host.used.peakMemory = 3 << 20
        }
        let one = try await scripted.create().summary
        let two = try await scripted.create().summary
        for summary in scripted.opened { metrics.sessionOpened(summary) }
        #expect(lines.contains(#"corral_sessions_opened_total{environment="test/Scripted@1.0.0"} 2"#))
        #expect(lines.contains("corral_sessions 2"))
        #expect(lines.contains("corral_session_start_seconds_count 2"))
        _ = try await scripted.service.close(one.id, caller: .local)
        scripted.source.hosts[1].die(.outOfMemory)
        await scripted.untilEnded(2)
        for (session, usage) in scripted.ended { metrics.sessionEnded(session, usage: usage) }
        #expect(lines.contains("corral_sessions 0"))
        #expect(lines.contains(#"corral_sessions_ended_total{state="closed",reason="requested"} 1"#))
        #expect(lines.contains(#"corral_sessions_ended_total{state="failed",reason="out_of_memory"} 1"#))
        #expect(lines.contains("corral_session_cpu_seconds_total 3"))
        #expect(lines.contains(#"corral_session_memory_peak_bytes_bucket{le="2097152"} 0"#))
        #expect(lines.contains(#"corral_session_memory_peak_bytes_bucket{le="4194304"} 2"#))
        #expect(two.wasOpened)
    }

    @Test func `a session that never opened is not counted as ended`() async throws {
        let (scripted, metrics) = try bench()
        scripted.source.failures[0] = Failure(.sandboxUnavailable, "no")
        _ = await failure { try await scripted.create() }
        await scripted.untilEnded()
        for (session, usage) in scripted.ended { metrics.sessionEnded(session, usage: usage) }
        #expect(lines.contains("corral_sessions 0"))
        #expect(!lines.contains { $0.hasPrefix("corral_sessions_ended_total{") })
        #expect(lines.contains("corral_session_memory_peak_bytes_count 0"))
    }

    @Test func `accepted calls are counted`() async throws {
        let (scripted, metrics) = try bench()
        let id = try await scripted.create { $0.reset = true }.summary.id
        _ = try await scripted.service.step(id, action: Array("1".utf8), index: nil, caller: .local)
        _ = await failure {
            try await scripted.service.step(id, action: Array("7".utf8), index: nil, caller: .local)
        }
        for record in scripted.records { metrics.stepRecorded(record) }
        #expect(lines.contains("corral_steps_total 2"))
    }
}
