import Catalog
import Foundations
import JSON
import Manifests
import Testing

extension CatalogStores {
    @Suite struct ChangeContract {
        @Test(arguments: StoreKind.available)
        func `transitions are remembered with who, when and why`(_ kind: StoreKind) async throws {
            try await kind.with { store in
                try await store.publish("ns/Env", "1.0.0", at: 1)
                try await store.apply(.deprecate(successor: "ns/Env@2.0.0", message: "slow"), "ns/Env", "1.0.0", at: 2)
                try await store.apply(.yank(reason: "broken"), "ns/Env", "1.0.0", by: root, at: 3)
                #expect(await code { try await store.apply(.approve, "ns/Env", "1.0.0") } == .failedPrecondition)
                #expect(await code { try await store.apply(.submit, "ns/Env", "9.0.0") } == .notFound)
                #expect(await code { try await store.apply(.submit, "ns/Nothing", "1.0.0") } == .notFound)
                let restored = try await store.apply(.restore, "ns/Env", "1.0.0", at: 4)
                #expect(restored.state == .unreviewed)
                let history = try await store.history(of: name("ns/Env"), version: nil, before: nil, limit: 10)
                #expect(history.map(\.action) == ["restore", "yank", "deprecate", "publish"])
                #expect(history.map(\.by) == ["alice", "root", "alice", "alice"])
                #expect(history.map(\.at.microseconds) == [4, 3, 2, 1])
                #expect(history[1].details["reason"] == "broken")
                #expect(history[2].details["successor"] == "ns/Env@2.0.0")
                let older = try await store.history(
                    of: name("ns/Env"), version: number("1.0.0"), before: history[1].sequence, limit: 1)
                #expect(older.map(\.action) == ["deprecate"])
                #expect(try await store.problems() == [])
            }
        }

        @Test(arguments: StoreKind.available)
        func `references are resolved by state`(_ kind: StoreKind) async throws {
            try await kind.with { store in
                let ids: JSONObject = ["gymnasium": ["Env-v1"]]
                for number in ["1.0.0", "1.1.0", "1.2.0"] { try await store.publish("ns/Env", number, ids) }
                try await store.publish("ns/Env", "2.0.0", state: .submitted)
                try await store.publish("Walk", "3.0.0")
                let yanked = try await store.apply(.yank(reason: "r"), "ns/Env", "1.2.0")
                #expect(try await store.resolved("ns/Env") == "ns/Env@1.1.0")
                #expect(try await store.resolved("ns/Env@^1") == "ns/Env@1.1.0")
                #expect(try await store.resolved("Env-v1") == "ns/Env@1.1.0")
                #expect(try await store.resolved("Walk-v3") == "Walk@3.0.0")
                #expect(try await store.resolved("ns/Env-v1") == "ns/Env@1.1.0")
                #expect(try await store.resolved("ns/Env@sha256:\(yanked.digest)") == "ns/Env@1.2.0")
                #expect(await code { _ = try await store.resolved("ns/Env@1.2.0") } == .failedPrecondition)
                #expect(await code { _ = try await store.resolved("ns/Env@2.0.0") } == .failedPrecondition)
                #expect(await code { _ = try await store.resolved("ns/Env-v9") } == .notFound)
                try await store.publish("other/Env", "1.0.0", ids)
                #expect(await code { _ = try await store.resolved("Env-v1") } == .conflict)
                let failure = await #expect(throws: Failure.self) { _ = try await store.resolved("ns/Enf") }
                #expect(failure?.next == "did you mean `ns/Env`?")
            }
        }

        @Test(arguments: StoreKind.available)
        func `an alias moves, and names only what may be started`(_ kind: StoreKind) async throws {
            try await kind.with { store in
                func set(_ alias: String, _ to: String?, by principal: Principal = alice) async throws {
                    _ = try await store.setAlias(
                        alias, of: name("ns/Env"), to: to.map { number($0) }, by: principal, reason: "r", at: at(5))
                }
                try await store.publish("ns/Env", "1.0.0")
                try await store.publish("ns/Env", "1.1.0")
                try await store.publish("ns/Env", "2.0.0", state: .submitted)
                try await set("stable", "1.0.0")
                #expect(try await store.resolved("ns/Env@stable") == "ns/Env@1.0.0")
                try await set("stable", "1.1.0")
                try await set("stable", "1.1.0")
                #expect(try await store.resolved("ns/Env@stable") == "ns/Env@1.1.0")
                #expect(try await store.environment(name("ns/Env")).aliases == ["stable": number("1.1.0")])
                #expect(await code { try await set("latest", "1.0.0") } == .invalidArgument)
                #expect(await code { try await set("^1", "1.0.0") } == .invalidArgument)
                #expect(await code { try await set("next", "2.0.0") } == .failedPrecondition)
                #expect(await code { try await set("next", "9.0.0") } == .notFound)
                #expect(await code { try await set("next", "1.0.0", by: bob) } == .permissionDenied)
                try await store.apply(.yank(reason: "r"), "ns/Env", "1.1.0")
                #expect(await code { _ = try await store.resolved("ns/Env@stable") } == .failedPrecondition)
                try await set("stable", nil)
                #expect(await code { _ = try await store.resolved("ns/Env@stable") } == .notFound)
                let history = try await store.history(of: name("ns/Env"), version: nil, before: nil, limit: 100)
                #expect(
                    history.filter { $0.action.hasSuffix("alias") }.map(\.action) == [
                        "remove_alias", "set_alias", "set_alias",
                    ])
                #expect(try await store.problems() == [])
            }
        }

        @Test(arguments: StoreKind.available)
        func `versions that nothing was said about are found, page by page`(_ kind: StoreKind) async throws {
            try await kind.with { store in
                var digests: [String] = []
                for number in ["1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0"] {
                    digests.append(try await store.publish("ns/Env", number, state: .submitted).record.digest)
                }
                try await store.apply(.reject(reason: "r"), "ns/Env", "1.1.0", by: root)
                func attach(_ kind: String, _ digest: String) async throws {
                    try await store.attach(
                        Attestation(
                            digest: digest, kind: kind, result: "passed", envelope: [1], createdAt: at(9),
                            createdBy: "checker"))
                }
                try await attach("admission", digests[2])
                try await attach("approval", digests[3])
                let first = try await store.versions(lacking: "admission", after: nil, limit: 2)
                #expect(first.map(\.digest) == [digests[0], digests[3]])
                let second = try await store.versions(lacking: "admission", after: digests[3], limit: 2)
                #expect(second.map(\.digest) == [digests[4]])
            }
        }

        @Test(arguments: StoreKind.available)
        func `statements are kept once, found by kind, and searched for by their last result`(
            _ kind: StoreKind
        ) async throws {
            try await kind.with { store in
                let digest = try await store.publish("ns/Env", "1.0.0").record.digest
                func attach(_ result: String, _ bytes: [UInt8], of digest: String) async throws {
                    try await store.attach(
                        Attestation(
                            digest: digest, kind: "admission", result: result, envelope: bytes, createdAt: at(9),
                            createdBy: "checker"))
                }
                try await attach("rejected", [1, 0, 255], of: digest)
                try await attach("passed", [2], of: digest)
                try await attach("passed", [2], of: digest)
                #expect(
                    await code { try await attach("passed", [3], of: String(repeating: "0", count: 64)) } == .notFound)
                let found = try await store.attestations(of: digest, kind: "admission")
                #expect(found.map(\.envelope) == [[2], [1, 0, 255]])
                #expect(found[1].result == "rejected")
                #expect(try await store.attestations(of: digest, kind: "approval") == [])
                #expect(try await store.attestations(of: digest, kind: nil).count == 2)
                func search(_ value: String) async throws -> Int {
                    try await store.search(try SearchQuery(filters: [.checks: [value]])).hits.count
                }
                #expect(try await search("admission:passed") == 1)
                #expect(try await search("admission:rejected") == 0)
            }
        }

        @Test(arguments: StoreKind.available)
        func `versions that wait for a review are listed in order`(_ kind: StoreKind) async throws {
            try await kind.with { store in
                for number in 1...5 { try await store.publish("ns/Env", "1.0.\(number)", state: .submitted) }
                try await store.apply(.startReview, "ns/Env", "1.0.2")
                let first = try await store.versions(in: .submitted, after: nil, limit: 3)
                #expect(first.map(\.version.patch) == [1, 3, 4])
                let rest = try await store.versions(in: .submitted, after: first.last?.digest, limit: 3)
                #expect(rest.map(\.version.patch) == [5])
            }
        }
    }
}
