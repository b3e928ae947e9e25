import Foundations
import JSON
import Sessions
import Signing
import TestSupport
import Testing

@testable import Trajectories

@Suite struct ReplayTests {
    private func report(
        _ change: (inout [StoredRecord]) -> Void, tolerance: Double = 0, mode: RecordingMode = .full
    ) throws -> ReplayReport {
        try withTemporaryFolder { folder in
            let records = Made.cartPole(60)
            try Made.write(records, to: "\(folder)/a.ctraj", chunk: 25, mode: mode)
            var other = records
            change(&other)
            try Made.write(other, to: "\(folder)/b.ctraj", chunk: 40)
            return try ReplayReport(
                try TrajectoryFile("\(folder)/a.ctraj"), against: try TrajectoryFile("\(folder)/b.ctraj"),
                tolerance: tolerance)
        }
    }

    @Test func `the same again is identical`() throws {
        #expect(try report { _ in }.isIdentical)
        #expect(try report({ _ in }, mode: .digest).isIdentical)
    }

    @Test func `the first step that differs is named with what differs`() throws {
        let changed = try report { $0[17] = Made.stored(Made.step("1", Made.floats([9, 9, 9, 9]), reward: 2)) }
        let first = try #require(changed.first)
        #expect(first.index == 17 && first.episode == 1)
        #expect(first.differences.map(\.pointer) == ["/observation/0", "/reward"])
        #expect(first.differences[1].expected.double == 1 && first.differences[1].actual.double == 2)
        #expect(changed.firsts[.termination] == nil && !changed.isSame)
        let ended = try report { $0[30] = Made.stored(Made.step("0", Made.floats([0, 0, 0, 0]), terminated: true)) }
        #expect(ended.firsts[.termination]?.index == 30)
        let info = try report({ $0[3].bytes = Made.step("1", Made.floats([0, 0, 0, 0]), info: #"{"a/b":1}"#) })
        #expect(info.first?.differences.last?.pointer == "/info")
    }

    @Test func `of digests the step is named too`() throws {
        let changed = try report({ $0[40].bytes = Made.step("0", Made.floats([1, 2, 3, 4])) }, mode: .digest)
        #expect(changed.first?.index == 40 && changed.first?.differences.first?.aspect == .observation)
    }

    @Test func `a replay that ends early differs where it ends`() throws {
        let short = try report { $0.removeLast(10) }
        #expect(short.compared == 50 && short.first?.index == 50 && short.firsts[.termination] != nil)
    }

    @Test func `a tolerance admits small numbers and nothing else`() throws {
        let near: (inout [StoredRecord]) -> Void = { records in
            records[1] = Made.stored(Made.step("1", Made.floats([1 / 7 + 1e-4, -1 / 700, 0.25 / 7, 7 / 8])))
        }
        #expect(try !report(near).isSame)
        let admitted = try report(near, tolerance: 1e-3)
        #expect(admitted.isSame && !admitted.isIdentical)
        #expect(
            try !report({ $0[1] = Made.stored(Made.error([0x12] + Made.leaf("1"), code: "x")) }, tolerance: 9).isSame)
    }

    @Test func `a version's number has to say what changed`() throws {
        let same = try report { _ in }
        let observation = try report { $0[17] = Made.stored(Made.step("1", Made.floats([9, 9, 9, 9]))) }
        let reward = try report { $0[5] = Made.stored(Made.step("1", Made.floats([0, 0, 0, 0]), reward: 7)) }
        func verdict(_ new: String, _ reports: [ReplayReport]) -> BehaviourReport {
            var report = BehaviourReport(old: "a/B@1.2.3", new: "a/B@\(new)")
            for one in reports { report.add(one) }
            return report
        }
        #expect(verdict("1.2.4", [same]).isAllowed)
        #expect(!verdict("1.2.4", [same, observation]).isAllowed)
        #expect(verdict("1.3.0", [same, observation]).isAllowed)
        #expect(!verdict("1.3.0", [observation, reward]).isAllowed)
        #expect(verdict("2.0.0", [reward]).isAllowed)
        #expect(!verdict("1.2.3", [same]).isAllowed && !verdict("1.2.2", [same]).isAllowed)
        let major = verdict("1.2.4", [observation, reward])
        #expect(major.demanded == .major && major.required == "2.0.0" && major.declared == .patch)
        #expect(major.witnesses[.observation]?.step.index == 5 && major.identical == 0)
    }

    @Test func `calls come back from a certificate, and a changed one is refused`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.ctraj"
            let hash = try Made.write(Made.cartPole(60), to: path)
            let file = try TrajectoryFile(path)
            let certificate = ReplayCertificate(
                file.header, hash: hash, records: 60, calls: CallScript(try file.calls()), backend: "process",
                program: "test")
            let key = try SigningKey.generate()
            let envelope = try certificate.statement().signed(by: [key])
            let read = try ReplayCertificate(try Statement(verifying: envelope, by: [key.verifying]))
            #expect(read == certificate)
            #expect(try read.certifies(file))
            let requests = try read.calls.requests()
            #expect(requests.count == 60 && requests[1] == .step(Array("1".utf8)))
            let stranger = try SigningKey.generate()
            #expect(throws: Failure.self) { try Statement(verifying: envelope, by: [stranger.verifying]) }
            var forged = try certificate.statement().json
            var predicate = try #require(forged["predicate"])
            predicate["trajectory_hash"] = .string(String(repeating: "0", count: 64))
            forged["predicate"] = predicate
            #expect(throws: Failure.self) { try ReplayCertificate(try Statement(parsing: forged.canonical)) }
        }
    }
}
