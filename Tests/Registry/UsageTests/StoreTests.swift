import Foundations
import JSON
import TestSupport
import Testing

@testable import Usage

extension UsageEvent {
    static func made(
        _ id: String, kind: Kind = .episode, environment: String = "a/B@1.0.0", tenant: String = "t",
        caller: String = "c", at second: Int64 = 100, steps: Int = 10, total: Double? = 1,
        outcome: String = "terminated"
    ) -> UsageEvent {
        UsageEvent(
            id: id, kind: kind, startedAt: Timestamp(microseconds: (second - 2) * 1_000_000),
            endedAt: Timestamp(microseconds: second * 1_000_000), server: "s", session: "x", environment: environment,
            digest: "sha256:1", instance: "say \"hi\", twice", backend: "process", caller: caller, tenant: tenant,
            episode: kind == .episode ? 0 : nil, rows: nil, episodes: nil, steps: steps, total: total,
            outcome: outcome, processorTime: kind == .session ? .milliseconds(250) : nil, peakMemory: nil)
    }
}

struct UsageStoreTests: ~Copyable {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private borrowing func store() throws -> UsageStore { try UsageStore(path: directory.path + "/usage.db") }

    @Test func `events come back as they were, once each, in their order`() async throws {
        let store = try store()
        let events = [UsageEvent.made("1"), .made("2", kind: .session, total: nil)]
        try await store.add(events)
        try await store.add([events[0], .made("3")])
        let all = try await store.events(after: 0, matching: UsageQuery(), limit: 10)
        #expect(all.map(\.event) == events + [.made("3")])
        let rest = try await store.events(after: all[1].number, matching: UsageQuery(), limit: 10)
        #expect(rest.map(\.event.id) == ["3"])
        #expect(try await self.store().events(after: 0, matching: UsageQuery(), limit: 1).count == 1)
    }

    @Test func `sums are by group, of the time, environment, caller and tenant that are asked for`() async throws {
        let store = try store()
        try await store.add([
            .made("1/0", total: 2), .made("1/1", total: 4), .made("1", kind: .session, steps: 20),
            .made("2", kind: .session, environment: "a/B@2.0.0", at: 90_000, steps: 5, outcome: "failed: pids"),
            .made("3", kind: .session, environment: "a/Bee@1.0.0", tenant: "other", steps: 1),
        ])
        let all = try await store.summaries(UsageQuery())
        #expect(all.map(\.keys) == [["a/B@1.0.0"], ["a/B@2.0.0"], ["a/Bee@1.0.0"]])
        #expect(all[0].episodes == 2 && all[0].sessions == 1 && all[0].steps == 20 && all[0].meanReturn == 3)
        #expect(all[0].sessionSeconds == 2 && all[0].processorSeconds == 0.25)
        #expect(all[1].failures == 1)
        var query = UsageQuery(groups: [.tenant, .day])
        query.environment = "a/B"
        #expect(try await store.summaries(query).map(\.keys) == [["t", "1970-01-01"], ["t", "1970-01-02"]])
        query.since = Timestamp(microseconds: 90_000_000_000)
        #expect(try await store.summaries(query).map(\.steps) == [5])
        query.until = query.since
        #expect(try await store.summaries(query).isEmpty)
        query = UsageQuery(groups: [])
        query.tenant = "other"
        #expect(try await store.summaries(query).map(\.steps) == [1])
        query.environment = "a/%"
        #expect(try await store.summaries(query).isEmpty)
    }

    @Test func `old events are forgotten, but not those that an exporter still has to send`() async throws {
        let store = try store()
        try await store.add([.made("1"), .made("2"), .made("3", at: 900)])
        #expect(try await store.sent(by: "x") == 0)
        try await store.markSent(by: "x", upTo: 1, refused: [])
        try await store.forget(before: Timestamp(microseconds: 500_000_000))
        let left = try await store.events(after: 0, matching: UsageQuery(), limit: 10)
        #expect(left.map(\.event.id) == ["2", "3"])
        try await store.markSent(by: "x", upTo: 3, refused: [(2, "no good")])
        #expect(try await store.refusals(of: "x").map(\.reason) == ["no good"])
        try await store.forget(before: Timestamp(microseconds: 500_000_000))
        #expect(try await store.events(after: 0, matching: UsageQuery(), limit: 10).map(\.event.id) == ["3"])
    }
}

struct UsageTextTests {
    @Test func `a CSV line quotes what has to be, and leaves out what is not there`() {
        let line = String(decoding: UsageText.csv.line(.made("1", total: nil)), as: UTF8.self)
        #expect(line.hasPrefix("1,episode,1970-01-01T00:01:38.000000Z,1970-01-01T00:01:40.000000Z,s,x,a/B@1.0.0,"))
        #expect(line.contains(#","say ""hi"", twice",process,c,t,0,,,10,,2.0,"#))
        #expect(line.hasSuffix(",terminated\r\n"))
        let head = String(decoding: UsageText.csv.head, as: UTF8.self)
        #expect(head.split(separator: ",").count == UsageField.all.count)
    }

    @Test func `a JSON line has every field of the schema`() throws {
        let line = UsageText.ndjson.line(.made("1"))
        #expect(line.last == UInt8(ascii: "\n"))
        let object = try #require(JSONValue(parsing: Array(line.dropLast())).object)
        #expect(Array(object.keys) == UsageField.all.map(\.name))
        let schema = try #require(UsageField.bigQuerySchema.array)
        for field in schema where field["mode"]?.string == "REQUIRED" {
            #expect(object[field["name"]?.string ?? ""]?.isNull == false)
        }
    }
}
