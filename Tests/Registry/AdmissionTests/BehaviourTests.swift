import Foundations
import JSON
import Manifests
import Testing
import Trajectories

@testable import Admission

@Suite struct BehaviourTests {
    private func manifest(_ version: String, change: String? = nil) throws -> Manifest {
        let more = change.map { "\nbehaviour_change: \($0)" } ?? ""
        return try Manifest(
            parsing: """
                manifest: 1
                name: corpus/Walk
                version: \(version)
                launch: {process: {worker: "walk.py:Walk"}}\(more)
                """)
    }

    /// The record of a step: `docs/records.md`.
    private func step(observation: Int = 0, reward: Double = 1, terminated: Bool = false) -> StoredRecord {
        func number(_ value: some FixedWidthInteger) -> [UInt8] {
            withUnsafeBytes(of: value.littleEndian) { Array($0) }
        }
        func text(_ text: String) -> [UInt8] { number(UInt64(text.utf8.count)) + Array(text.utf8) }
        var bytes: [UInt8] = [0x12, 2] + text("1")
        bytes += [2] + text("\(observation)")
        bytes += number(UInt32.max) + [1] + number(reward.bitPattern)
        for flag in [terminated, false] { bytes += number(UInt32.max) + [flag ? 1 : 0] }
        return StoredRecord(bytes: bytes + text("{}"), time: .now, duration: 0)
    }

    private func findings(
        _ version: String, change: String? = nil, _ actual: [StoredRecord], ended: String? = nil
    ) throws -> [Finding] {
        var judge = BehaviourJudge(try manifest(version, change: change), after: try manifest("1.2.3"))
        try judge.add("seed 11", expected: [step(), step(), step()], actual: actual, ended: ended)
        return judge.findings
    }

    @Test func `what behaves the same may have any number`() throws {
        for version in ["1.2.4", "1.3.0", "2.0.0"] {
            #expect(try findings(version, [step(), step(), step()]).isEmpty)
        }
    }

    @Test func `a patch release that changes anything is rejected, with the first step that differs`() throws {
        let found = try findings("1.2.4", [step(), step(observation: 7), step(observation: 7)])
        #expect(found.map(\.code) == [.behaviourChanged] && found.map(\.severity) == [.error])
        #expect(found[0].evidence.contains("1.3.0"))
        #expect(found[0].evidence.contains("observation: seed 11, record 1, /observation was 0, is 7"))
    }

    @Test func `a minor release may change observations, not rewards nor ends`() throws {
        #expect(try findings("1.3.0", [step(), step(observation: 7), step()]).isEmpty)
        #expect(try findings("1.3.0", [step(), step(reward: 2), step()])[0].evidence.contains("2.0.0"))
        #expect(try findings("1.3.0", [step(), step(terminated: true)], ended: "the episode is over").count == 1)
        #expect(try findings("2.0.0", [step(), step(reward: 2), step()]).isEmpty)
    }

    @Test func `what the manifest says is noted and not held against it`() throws {
        let found = try findings("1.2.4", change: "the goal pays two", [step(), step(reward: 2), step()])
        #expect(found.map(\.severity) == [.note] && found[0].evidence.hasSuffix("declared: the goal pays two"))
    }

    @Test func `a comparison that was cut short by time shows nothing about the rest`() throws {
        #expect(try findings("1.2.4", [step()]).isEmpty)
        #expect(try findings("1.2.4", [step()], ended: "the worker was lost").count == 1)
    }
}
