import AccessKeys
import Catalog
import CatalogPostgres
import CatalogSQL
import CatalogSQLite
import Digest
import Foundations
import JSON
import Logging
import Sessions
import Testing

extension CatalogStores {
    @Suite struct AccessContract {
        private let me = AuditActor(id: "root", key: "k")

        private func key(_ id: String, at time: Int64 = 1) throws -> AccessKey {
            AccessKey(
                id: id, digest: SHA256.hash("secret of \(id)"),
                wish: try KeyWish(
                    caller: "ann", tenant: "lab", grants: RoleGrants(["art": [.runner], "*": [.viewer]]),
                    actsForTenant: true, rate: try RateLimit(perSecond: 0.5, burst: 7), note: "é",
                    expiresAt: at(1_900_000_000_000_000)), createdAt: at(time), createdBy: "root")
        }

        /// The whole log, which has to be right.
        private func log(_ store: any AccessStore) async throws -> [AuditRecord] {
            let records = try await store.audit(AuditFilter(), after: 0, limit: 10_000)
            var chain = AuditChain()
            for record in records { #expect(chain.follow(record) == nil) }
            return records
        }

        @Test(arguments: StoreKind.available)
        func `keys come back as they were made, by what changed since`(_ kind: StoreKind) async throws {
            try await kind.with { store in
                let store = try #require(store as? any AccessStore)
                #expect(try await store.keys(changedAfter: 0).change == 0)
                let (one, two) = (try key("one"), try key("two", at: 2))
                try await store.add(one, by: me)
                try await store.add(two, by: me)
                let (keys, change) = try await store.keys(changedAfter: 0)
                #expect(keys == [one, two])
                let unchanged = try await store.keys(changedAfter: change)
                #expect(unchanged.keys.isEmpty && unchanged.change == change)
                #expect(await code { try await store.add(one, by: me) } == .alreadyExists)
                let revocation = AccessKey.Revocation(at: at(3), by: "root", reason: "lost")
                #expect(try await store.revoke("one", revocation, by: me).revocation == revocation)
                let later = AccessKey.Revocation(at: at(4), by: "eve", reason: "again")
                #expect(try await store.revoke("one", later, by: me).revocation == revocation)
                #expect(await code { _ = try await store.revoke("none", later, by: me) } == .notFound)
                let changed = try await store.keys(changedAfter: change)
                #expect(changed.keys.map(\.id) == ["one"] && changed.keys.first?.revocation == revocation)
                #expect(try await store.keys(changedAfter: 0).keys.map(\.id) == ["two", "one"])
                let records = try await log(store)
                #expect(records.map(\.act.action) == ["key.create", "key.create", "key.revoke"])
                #expect(records.allSatisfy { $0.actor == me && $0.act.outcome == .done })
                let text = records.map { String(decoding: JSONValue.object($0.json).encoded(), as: UTF8.self) }
                #expect(!text.joined().contains(one.digest.hex))
            }
        }

        @Test(arguments: StoreKind.available)
        func `every change of the catalog is in the log, and what failed is not`(_ kind: StoreKind) async throws {
            try await kind.with { store in
                let access = try #require(store as? any AccessStore)
                try await store.publish("ns/Env", "1.0.0", at: 1)
                try await store.publish("ns/Env", "1.0.0", at: 1)
                #expect(await code { try await store.publish("ns/Env", "1.0.0", bytes: "x") } == .alreadyExists)
                #expect(await code { try await store.publish("ns/Env", "1.1.0", by: bob) } == .permissionDenied)
                let owner = Principal(id: "alice", isAdmin: false, key: "abc")
                _ = try await store.setAlias(
                    "stable", of: name("ns/Env"), to: number("1.0.0"), by: owner, reason: "tried", at: at(2))
                try await store.apply(.deprecate(successor: nil, message: "slow"), "ns/Env", "1.0.0", at: 3)
                _ = try await store.changeOwners(of: "ns", adding: ["bob"], removing: [], by: root, at: at(4))
                let attestation = Attestation(
                    digest: digest("ns/Env1.0.0"), kind: "admission", result: "passed", envelope: [1],
                    createdAt: at(5), createdBy: "server")
                try await store.attach(attestation)
                try await store.attach(attestation)
                let records = try await log(access)
                #expect(
                    records.map(\.act.action) == ["publish", "set_alias", "deprecate", "change_owners", "attest"])
                #expect(
                    records.map(\.act.object) == [
                        "ns/Env@1.0.0", "ns/Env@1.0.0", "ns/Env@1.0.0", "namespace ns",
                        "sha256:" + digest("ns/Env1.0.0"),
                    ])
                #expect(records.map(\.actor.id) == ["alice", "alice", "alice", "root", "server"])
                #expect(records[1].actor.key == "abc" && records[1].act.details["reason_given"] == "tried")
                var filter = AuditFilter()
                filter.actor = "alice"
                #expect(try await access.audit(filter, after: 1, limit: 1).map(\.sequence) == [2])
                filter.action = "publish"
                #expect(try await access.audit(filter, after: 0, limit: 9).map(\.sequence) == [1])
                filter.outcome = .refused
                #expect(try await access.audit(filter, after: 0, limit: 9).isEmpty)
            }
        }

        @Test(arguments: StoreKind.available)
        func `whatever text was refused, the log stays whole`(_ kind: StoreKind) async throws {
            try await kind.with { store in
                let store = try #require(store as? any AccessStore)
                for text in ["a\0b", "\0", "", "e\u{301}\u{1F600}", "\u{FEFF}\u{7F}\r\n\u{FFFF}"] {
                    let act = AuditAct("authorize", text, .refused, details: ["message": .string(text)])
                    _ = try await store.append(act, by: me, at: at(1))
                }
                #expect(try await log(store).map(\.act.object).prefix(2) == ["ab", ""])
            }
        }

        @Test(arguments: StoreKind.available)
        func `records that are appended at once are one chain`(_ kind: StoreKind) async throws {
            try await kind.with { store in
                let access = try #require(store as? any AccessStore)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for writer in 0..<8 {
                        group.addTask {
                            for number in 0..<25 {
                                let act = AuditAct("act", "\(writer).\(number)", details: ["rate": 0.1])
                                _ = try await access.append(act, by: AuditActor(id: "w\(writer)"), at: .now)
                                if number % 5 == 0 {
                                    try await store.publish("ns\(writer)/Env", "1.\(number).0", by: root)
                                }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(try await log(access).count == 8 * 30)
            }
        }

        @Test(arguments: StoreKind.available)
        func `another server of the store knows of a revocation within its interval`(_ kind: StoreKind) async throws {
            try await kind.with { store in
                let store = try #require(store as? any AccessStore)
                let (here, there) = (
                    try await KeyRing.open(store: store, logger: .silent),
                    try await KeyRing.open(store: store, logger: .silent)
                )
                let polling = Task { await there.run() }
                defer { polling.cancel() }
                let service = KeyService(store: store, ring: here)
                let wish = try KeyWish(caller: "root", grants: RoleGrants(everywhere: [.admin]))
                let (_, token) = try await service.create(wish, caller: .local)
                try await there.refresh()
                let caller = try there.caller(of: token.text)
                _ = try await service.revoke(token.id, reason: "r", caller: .local)
                let start = ContinuousClock.now
                while !caller.isOver, start.duration(to: .now) < .seconds(20) {
                    try await Task.sleep(for: .milliseconds(20))
                }
                // Three seconds more for a machine that runs all tests at once.
                #expect(start.duration(to: .now) < KeyRing.refreshInterval + .seconds(3))
                #expect(await code { _ = try there.caller(of: token.text) } == .unauthenticated)
            }
        }

        @Test(arguments: StoreKind.available)
        func `the database refuses to change the log`(_ kind: StoreKind) async throws {
            try await kind.with { store in
                try await store.publish("ns/Env", "1.0.0")
                for change in ["UPDATE audit SET actor = 'eve'", "DELETE FROM audit"] {
                    let refused = await code {
                        switch store {
                        case let store as SQLiteCatalogStore:
                            try await store.database.write { _ = try $0.change(change, []) }
                        case let store as PostgresCatalogStore:
                            try await store.database.write { _ = try $0.change(change, []) }
                        default: break
                        }
                    }
                    #expect(refused != nil, "\(change)")
                }
                #expect(try await log(try #require(store as? any AccessStore)).count == 1)
            }
        }
    }
}
