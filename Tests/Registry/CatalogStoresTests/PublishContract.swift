import Catalog
import Foundations
import JSON
import Manifests
import Testing

extension CatalogStores {
    @Suite struct PublishContract {
        @Test(arguments: StoreKind.available)
        func `publishing the same bytes again changes nothing, and other bytes are refused`(_ kind: StoreKind)
            async throws
        {
            try await kind.with { store in
                let first = try await store.publish("ns/Env", "1.0.0", at: 1)
                let again = try await store.publish("ns/Env", "1.0.0", at: 2)
                #expect(first.isNew && !again.isNew)
                #expect(again.record == first.record)
                #expect(await code { try await store.publish("ns/Env", "1.0.0", bytes: "x") } == .alreadyExists)
                #expect(await code { try await store.publish("ns/Env", "1.0.0+linux") } == .alreadyExists)
                try await store.publish("ns/Env", "1.0.1+linux")
                #expect(await code { try await store.publish("ns/Env", "1.0.1+linux") } == nil)
                #expect(
                    try await store.versions(of: name("ns/Env")).map(\.reference) == [
                        "ns/Env@1.0.0", "ns/Env@1.0.1+linux",
                    ])
                #expect(try await store.history(of: name("ns/Env"), version: nil, before: nil, limit: 10).count == 2)
                #expect(try await store.problems() == [])
            }
        }

        @Test(arguments: StoreKind.available)
        func `a record is read as it was published`(_ kind: StoreKind) async throws {
            try await kind.with { store in
                let record = try await store.publish(
                    "ns/Env", "1.2.3-rc.1+b", state: .submitted, at: 77, ["description": "a\u{0}b é", "tags": ["x"]]
                ).record
                #expect(record.state == .submitted)
                #expect(record.publishedAt == at(77))
                #expect(record.publishedBy == "alice")
                #expect(try await store.version(digest: record.digest) == record)
                #expect(try await store.version(digest: digest("other")) == nil)
                #expect(try await store.versions(of: name("ns/Env")) == [record])
                #expect(try await store.bundles() == [record.bundle.digest])
                #expect(try record.manifest().description == "a\u{0}b é")
            }
        }

        @Test(arguments: StoreKind.available)
        func `a namespace belongs to the first who publishes in it, and to whom its owners add`(
            _ kind: StoreKind
        ) async throws {
            try await kind.with { store in
                try await store.publish("ns/Env", "1.0.0", by: alice)
                #expect(await code { try await store.publish("ns/Env", "1.0.1", by: bob) } == .permissionDenied)
                #expect(await code { try await store.publish("ns/Other", "1.0.0", by: bob) } == .permissionDenied)
                #expect(await code { try await store.apply(.submit, "ns/Env", "1.0.0", by: bob) } == .permissionDenied)
                try await store.publish("other/Env", "1.0.0", by: bob)
                try await store.publish("ns/Env", "1.0.1", by: root)
                #expect(try await store.owners(of: "ns") == ["alice"])
                _ = try await store.changeOwners(of: "ns", adding: ["bob"], removing: [], by: alice, at: at(3))
                try await store.publish("ns/Env", "1.0.2", by: bob)
                #expect(
                    try await store.changeOwners(of: "ns", adding: [], removing: ["alice"], by: bob, at: at(4)) == [
                        "bob"
                    ])
                #expect(
                    await code {
                        _ = try await store.changeOwners(of: "ns", adding: [], removing: ["bob"], by: bob, at: at(5))
                    } == .failedPrecondition)
                #expect(try await store.owners(of: "ns") == ["bob"])
            }
        }

        @Test(arguments: StoreKind.available)
        func `publications at the same time lose nothing`(_ kind: StoreKind) async throws {
            try await kind.with { store in
                await withTaskGroup(of: Void.self) { group in
                    for client in 0..<16 {
                        group.addTask {
                            for number in 0..<8 {
                                // Each version is published by two clients at the same time.
                                let environment = "ns/Env\(client / 2 % 4)"
                                _ = try? await store.publish(environment, "1.\(client / 8).\(number)", by: root)
                            }
                        }
                    }
                }
                for environment in 0..<4 {
                    let versions = try await store.versions(of: name("ns/Env\(environment)"))
                    let history = try await store.history(
                        of: name("ns/Env\(environment)"), version: nil, before: nil, limit: 100)
                    #expect(versions.count == 16)
                    #expect(history.count == 16)
                }
                let problems = try await store.problems()
                #expect(problems == [])
            }
        }
    }
}
