import Catalog
import Foundations
import JSON
import Manifests
import Testing

extension CatalogStores {
    @Suite struct ReviewContract {
        private func approval(_ digest: String, _ bytes: [UInt8], by reviewer: String = "rob") -> Attestation {
            Attestation(
                digest: digest, kind: "approval", result: "", envelope: bytes, createdAt: at(5), createdBy: reviewer)
        }

        @Test(arguments: StoreKind.available)
        func `a submission begins a round, and says whose it is`(_ kind: StoreKind) async throws {
            try await kind.with { store in
                let unreviewed = try await store.publish("ns/Env", "1.0.0").record
                #expect(unreviewed.round == 0 && unreviewed.submittedBy == nil && unreviewed.submitters == ["alice"])
                #expect(try await store.publish("ns/Env", "1.0.1", state: .submitted).record.round == 1)
                let first = try await store.apply(.submit, "ns/Env", "1.0.0", by: root)
                #expect(first.round == 1 && first.submittedBy == "root" && first.submitters == ["alice", "root"])
                #expect(try await store.apply(.submit, "ns/Env", "1.0.0").round == 1)
                try await store.apply(.reject(reason: "r"), "ns/Env", "1.0.0")
                try await store.apply(.submit, "ns/Env", "1.0.0")
                let again = try #require(try await store.version(digest: first.digest))
                #expect(again.round == 2 && again.submittedBy == "alice")
                #expect(try await store.versions(of: name("ns/Env")).map(\.round) == [2, 1])
                let history = try await store.history(
                    of: name("ns/Env"), version: number("1.0.0"), before: nil, limit: 9)
                #expect(history.map(\.action) == ["submit", "reject", "submit", "publish"])
                #expect(history.map { $0.details["round"]?.integer } == [2, 1, 1, nil])
            }
        }

        @Test(arguments: StoreKind.available)
        func `an approval and what comes of it are one change`(_ kind: StoreKind) async throws {
            try await kind.with { store in
                let digest = try await store.publish("ns/Env", "1.0.0", state: .submitted).record.digest
                func review(_ approval: Attestation?, round: Int64 = 1, enough count: Int) async throws -> VersionRecord
                {
                    try await store.review(
                        number("1.0.0"), of: name("ns/Env"), round: round, approval: approval,
                        by: Principal(id: approval?.createdBy ?? "policy", isAdmin: true), note: "n", at: at(6)
                    ) { statements in statements.count >= count }
                }
                #expect(await code { _ = try await review(approval(digest, [1]), enough: 2) } == .failedPrecondition)
                #expect(try await store.attestations(of: digest, kind: nil) == [])
                try await store.apply(.startReview, "ns/Env", "1.0.0")
                #expect(await code { _ = try await review(approval(digest, [1]), round: 2, enough: 2) } == .conflict)
                #expect(try await store.attestations(of: digest, kind: nil) == [])
                #expect(try await review(approval(digest, [1]), enough: 2).state == .inReview)
                #expect(try await review(approval(digest, [1]), enough: 2).state == .inReview)
                #expect(try await store.attestations(of: digest, kind: "approval").count == 1)
                #expect(try await review(nil, enough: 2).state == .inReview)
                #expect(try await review(approval(digest, [2], by: "zoe"), enough: 2).state == .approved)
                #expect(try await review(nil, enough: 2).state == .approved)
                #expect(try await review(approval(digest, [3], by: "eve"), enough: 9).state == .approved)
                #expect(try await store.resolved("ns/Env") == "ns/Env@1.0.0")
                let history = try await store.history(of: name("ns/Env"), version: nil, before: nil, limit: 9)
                #expect(history.map(\.action) == ["approve", "approve", "approve", "start_review", "publish"])
                #expect(history.map(\.by) == ["eve", "zoe", "rob", "alice", "alice"])
                #expect(history[1].details["name"] == "approved" && history[2].details["name"] == "in_review")
                #expect(try await store.problems() == [])
            }
        }

        @Test(arguments: StoreKind.available)
        func `a review that nothing holds up ends without an approval`(_ kind: StoreKind) async throws {
            try await kind.with { store in
                try await store.publish("ns/Env", "1.0.0", state: .submitted)
                let record = try await store.review(
                    number("1.0.0"), of: name("ns/Env"), round: 1, approval: nil, by: root, note: "", at: at(3)
                ) { $0.isEmpty }
                #expect(record.state == .approved)
                try await store.publish("ns/Env", "1.0.1")
                let other = await code {
                    _ = try await store.review(
                        number("1.0.1"), of: name("ns/Env"), round: 0, approval: nil, by: root, note: "", at: at(3)
                    ) { _ in true }
                }
                #expect(other == .failedPrecondition)
                #expect(try await store.problems() == [])
            }
        }
    }
}
