import Digest
import Foundations
import JSON
import Signing
import Testing

@testable import Admission

private func report(_ findings: [Finding] = []) -> AdmissionReport {
    var report = AdmissionReport(
        reference: "corpus/Walk@1.0.0", digest: String(repeating: "ab", count: 32))
    report.findings = findings
    return report
}

@Test func `an error rejects, a warning does not, and what was not checked has not passed`() {
    #expect(report().verdict == .passed)
    #expect(report([Finding(.noisyOutput, "x")]).verdict == .passed)
    #expect(report([Finding(.noisyOutput, "x"), Finding(.raises, "x")]).verdict == .rejected)
    var unchecked = report([Finding(.raises, "x")])
    unchecked.obstacle = "no sandbox"
    #expect(unchecked.verdict == .notChecked)
    #expect([AdmissionReport.Verdict.passed, .rejected, .notChecked].map(\.exitStatus) == [0, 1, 2])
}

@Test func `a signed report is about the digest of the version`() throws {
    let key = try SigningKey.generate()
    let envelope = try report([Finding(.raises, "x")]).signed(by: [key])
    let statement = try Statement(verifying: envelope, by: [key.verifying])
    #expect(statement.predicateType == AdmissionReport.predicateType)
    #expect(statement.isAbout(sha256: try #require(Digest32(hex: report().digest))))
    #expect(statement.predicate["verdict"] == "rejected")
    #expect(throws: Failure.self) { try AdmissionReport(reference: "a", digest: "").signed(by: [key]) }
}

@Test func `every code has a remedy of its own`() {
    #expect(Set(FindingCode.allCases.map(\.mend)).count == FindingCode.allCases.count)
}
