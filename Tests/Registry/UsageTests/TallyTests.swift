import Foundations
import Reactor
import ScriptedSessions
import Sessions
import Testing

@testable import Usage

/// What a scripted service told its observer, tallied a second a call.
@Reactor
private func events(of scripted: ScriptedService) -> [UsageEvent] {
    var tally = UsageTally(server: "s1")
    for session in scripted.opened { tally.opened(session) }
    var events: [UsageEvent] = []
    for (second, record) in scripted.records.enumerated() {
        events += tally.recorded(record, at: Timestamp(microseconds: Int64(second) * 1_000_000))
    }
    for (session, usage) in scripted.ended {
        events += tally.ended(session, usage: usage, at: Timestamp.now.advanced(by: .seconds(60)))
    }
    return events
}

@Reactor
struct UsageTallyTests {
    private func step(_ scripted: ScriptedService, _ id: UniqueID) async throws {
        _ = try await scripted.service.step(id, action: Array("1".utf8), index: nil, caller: .local)
    }

    @Test func `an episode that ends is told with its steps, return and time`() async throws {
        let scripted = try ScriptedService()
        scripted.source.prepare = { host in
            var steps = 0
            host.answer = { call throws(HostProblem) in
                if case .reset = call { steps = 0 } else { steps += 1 }
                return .scripted("[0.0,1]", reward: steps == 0 ? nil : 0.5, terminated: steps == 3)
            }
            host.used.processorTime = .milliseconds(1500)
            host.used.peakMemory = 1 << 20
        }
        let id = try await scripted.create { $0.reset = true }.summary.id
        for _ in 0..<3 { try await step(scripted, id) }
        _ = try await scripted.service.reset(id, seed: nil, options: [:], index: nil, caller: .local)
        try await step(scripted, id)
        _ = try await scripted.service.close(id, caller: .local)
        await scripted.untilEnded()
        let told = events(of: scripted)
        #expect(told.map(\.id) == ["\(id)/0", "\(id)/1", "\(id)"])
        #expect(told.map(\.outcome) == ["terminated", "abandoned", "closed: requested"])
        #expect(told.map(\.steps) == [3, 1, 4])
        #expect(told.map(\.total) == [1.5, 0.5, 2])
        #expect(told[0].duration == .seconds(3))
        #expect(told[2].episodes == 2)
        #expect(told[2].processorTime == .milliseconds(1500))
        #expect(told[2].peakMemory == 1 << 20)
        #expect(
            told.allSatisfy { $0.environment == "test/Scripted@1.0.0" && $0.caller == "local" && $0.server == "s1" })
    }

    @Test func `a reset in mid-episode abandons it, and rewards that were not given add up to none`() async throws {
        let scripted = try ScriptedService()
        scripted.source.prepare = { host in
            host.answer = { _ throws(HostProblem) in .scripted("[0.0,1]", reward: nil) }
        }
        let id = try await scripted.create { $0.reset = true }.summary.id
        try await step(scripted, id)
        _ = try await scripted.service.reset(id, seed: nil, options: [:], index: nil, caller: .local)
        let told = events(of: scripted)
        #expect(told.map(\.outcome) == ["abandoned"])
        #expect(told.map(\.total) == [nil])
        #expect(told.map(\.steps) == [1])
    }

    @Test func `a session that dies is told with its reason`() async throws {
        let scripted = try ScriptedService()
        _ = try await scripted.create { $0.reset = true }
        scripted.source.hosts[0].die(.outOfMemory)
        await scripted.untilEnded()
        #expect(events(of: scripted).map(\.outcome) == ["abandoned", "failed: out_of_memory"])
    }
}
