import Admission
import Catalog
import Foundations
import JSON
import Sessions
import Signing
import Testing

@testable import Review

@Suite struct EvidenceTests {
    private let keys: Keys
    private let subject: VersionRecord
    private let rob = caller("rob", .reviewer)

    init() throws {
        keys = try Keys()
        subject = try version()
    }

    private func evidence(_ statements: [Attestation], about other: VersionRecord? = nil) -> ReviewEvidence {
        ReviewEvidence(statements, about: other ?? subject, keys: keys.trusted)
    }

    /// Of one statement that does not count.
    private func reason(_ statement: Attestation, about other: VersionRecord? = nil) -> String {
        let evidence = evidence([statement], about: other)
        #expect(evidence.approvals.isEmpty && evidence.checks.isEmpty && evidence.ignored.count == 1)
        return evidence.ignored.first?.reason ?? ""
    }

    @Test func `an approval that the server has signed counts`() throws {
        let found = evidence([try keys.approval(of: subject, by: rob, comment: "good")]).approvals
        #expect(found.map(\.approval.reviewer) == ["rob"])
        #expect(found[0].approval.roles == [.viewer, .reviewer])
        #expect(found[0].approval.comment == "good" && !found[0].isOwn)
    }

    @Test func `a forged approval does not count`() throws {
        #expect(reason(try keys.approval(of: subject, by: rob, keys: [keys.stranger])).contains("0 of the known keys"))
        // Alone, a reviewer's own key is not enough: nobody has checked who he is and what he may do.
        #expect(reason(try keys.approval(of: subject, by: rob, keys: [keys.rob])).contains("0 of the known keys"))
        let genuine = try keys.approval(of: subject, by: rob)
        let envelope = try Envelope(parsing: genuine.envelope)
        let text = String(decoding: envelope.payload, as: UTF8.self).split(separator: "rob").joined(separator: "bob")
        var forged = try JSONValue(parsing: genuine.envelope)
        forged["payload"] = .string(Base64.encode(Array(text.utf8)))
        #expect(reason(keys.kept(try Envelope(forged), subject, by: "bob")).contains("0 of the known keys"))
        let garbage = Attestation(
            digest: subject.digest, kind: "approval", result: "", envelope: [1, 2, 3],
            createdAt: Timestamp(microseconds: 1), createdBy: "eve")
        #expect(!reason(garbage).isEmpty)
    }

    @Test func `an approval of other bytes, of another round or by who submitted does not count`() throws {
        #expect(reason(try keys.approval(of: try version("c"), by: rob)) == "it is about other bytes")
        #expect(reason(try keys.approval(of: try version(round: 2), by: rob)).contains("round 2"))
        #expect(reason(try keys.approval(of: subject, by: caller("ann", .reviewer))).contains("ann has submitted"))
        let again = try version(submittedBy: "rob")
        #expect(reason(try keys.approval(of: again, by: rob), about: again).contains("rob has submitted"))
    }

    @Test func `a statement counts as what it says that it is, whatever it was stored as`() throws {
        let check = try keys.check(of: subject)
        let swapped = Attestation(
            digest: check.digest, kind: Approval.kind, result: "", envelope: check.envelope, createdAt: check.createdAt,
            createdBy: "eve")
        #expect(reason(swapped) == "it is no approval")
        let approval = try keys.approval(of: subject, by: rob)
        let other = Attestation(
            digest: check.digest, kind: "admission", result: "passed", envelope: approval.envelope,
            createdAt: check.createdAt, createdBy: "eve")
        #expect(reason(other).contains("no check of the kind admission"))
        #expect(reason(try keys.check(of: subject, kind: "scan", predicateType: "https://x")).contains("no check"))
    }

    @Test func `two subjects in one statement prove nothing of either`() throws {
        let statement = Statement(
            about: [
                .init(name: "a", digests: ["sha256": subject.digest]),
                .init(name: "b", digests: ["sha256": digest("c")]),
            ], predicateType: Approval.predicateType,
            predicate: ["reviewer": "rob", "roles": ["reviewer"], "round": 1, "comment": ""])
        let kept = keys.kept(try statement.signed(by: [keys.server]), subject, by: "rob")
        #expect(reason(kept) == "it is about other bytes")
    }

    @Test func `one reviewer counts once, best with the signature of the own key`() throws {
        let plain = try keys.approval(of: subject, by: rob)
        let own = try keys.approval(of: subject, by: rob, comment: "mine", keys: [keys.rob, keys.server])
        for statements in [[plain, own], [own, plain], [plain, own, plain]] {
            let found = evidence(statements).approvals
            #expect(found.count == 1 && found[0].isOwn && found[0].approval.comment == "mine")
        }
        // Another's key is not the reviewer's.
        let other = try keys.approval(of: subject, by: rob, keys: [keys.stranger, keys.server])
        #expect(evidence([other]).approvals.map(\.isOwn) == [false])
    }

    @Test func `a reviewer who is called like a server has not signed with the server's key`() throws {
        let found = evidence([try keys.approval(of: subject, by: caller("server", .reviewer))]).approvals
        #expect(found.map(\.approval.reviewer) == ["server"] && found.map(\.isOwn) == [false])
    }

    @Test func `the newest check of a kind that a trusted key has signed counts`() throws {
        let passed = try keys.check(of: subject)
        let rejected = try keys.check(of: subject, verdict: "rejected", severities: ["error", "warning"])
        #expect(evidence([rejected, passed]).checks == [.init(kind: "admission", hasPassed: false, hasWarnings: true)])
        #expect(evidence([passed, rejected]).checks == [.init(kind: "admission", hasPassed: true, hasWarnings: false)])
        let forged = try keys.check(of: subject, keys: [keys.stranger])
        #expect(evidence([forged, rejected]).checks.map(\.hasPassed) == [false])
        #expect(evidence([forged, rejected]).ignored.count == 1)
    }

    @Test func `reports of admission checks are what is looked for`() {
        #expect(ReviewEvidence.predicateType(of: "admission") == AdmissionReport.predicateType)
    }
}
