import Foundations
import JSON
import Signing
import Testing

@testable import Admission

@Suite struct QueueTests {
    private func job(_ number: Int) -> CheckQueue.Job {
        let digit = String(number)
        return .init(
            reference: "ns/Env@1.0.\(number)", digest: String(repeating: "0", count: 64 - digit.count) + digit,
            budget: .seconds(60))
    }

    @Test func `as many run as there are slots, in the order they came`() throws {
        var queue = CheckQueue(slots: 2)
        for number in 1...4 { _ = try queue.add(job(number)) }
        #expect(queue.next()?.digest == job(1).digest && queue.next()?.digest == job(2).digest)
        #expect(queue.next() == nil)
        queue.finish(job(1).digest, report: ["verdict": "passed"], attestation: nil)
        #expect(queue.next()?.digest == job(3).digest)
        #expect(queue[job(1).digest]?.json["verdict"] == "passed")
        #expect(queue[job(4).digest]?.json["state"] == "waiting")
    }

    @Test func `a version that waits or runs is not added twice, one that is done is checked again`() throws {
        var queue = CheckQueue(slots: 1)
        _ = try queue.add(job(1))
        _ = try queue.add(job(1))
        #expect(queue.next() != nil && queue.next() == nil)
        #expect(try queue.add(job(1)).json["state"] == "running")
        queue.finish(job(1).digest, report: ["verdict": "rejected"], attestation: [:])
        #expect(queue[job(1).digest]?.isOver == true && queue.isIdle)
        #expect(try queue.add(job(1)).json["state"] == "waiting")
        #expect(queue.next()?.digest == job(1).digest)
    }

    @Test func `more than may wait are refused`() throws {
        var queue = CheckQueue(slots: 1, waitingLimit: 2)
        _ = (try queue.add(job(1)), try queue.add(job(2)))
        let failure = #expect(throws: Failure.self) { try queue.add(job(3)) }
        #expect(failure?.code == .resourceExhausted && !queue.hasRoom)
        _ = queue.next()
        #expect(queue.hasRoom)
    }

    @Test func `only the last checks are kept`() throws {
        var queue = CheckQueue(slots: 1, keptLimit: 2)
        for number in 1...3 {
            _ = try queue.add(job(number))
            _ = queue.next()
            queue.finish(job(number).digest, report: [:], attestation: nil)
        }
        #expect(queue[job(1).digest] == nil && queue[job(2).digest] != nil && queue[job(3).digest] != nil)
    }

    @Test func `a check that was signed and kept reads as one that was just done`() throws {
        var report = AdmissionReport(reference: "ns/Env@1.0.1", digest: job(1).digest)
        report.findings = [Finding(.rewardType, "a bool")]
        let envelope = try report.signed(by: [SigningKey.generate()])
        let kept = try CheckQueue.Job(
            reference: "ns/Env@1.0.1", digest: job(1).digest, kept: envelope.json.encoded())
        #expect(kept.json["state"] == "done" && kept.json["verdict"] == "rejected")
        #expect(kept.json["report"]?.canonicalText == report.json.canonicalText)
        #expect(throws: Failure.self) { try CheckQueue.Job(reference: "r", digest: "d", kept: [1, 2]) }
    }
}

extension JSONValue {
    fileprivate var canonicalText: String { String(decoding: canonical, as: UTF8.self) }
}
