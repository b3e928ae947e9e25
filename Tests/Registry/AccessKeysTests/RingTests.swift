import Foundations
import JSON
import Logging
import Sessions
import Testing

@testable import AccessKeys

/// A store in memory, which can fail.
private actor MemoryStore: AccessStore {
    private var keys: [(key: AccessKey, change: Int64)] = []
    private(set) var records: [AuditRecord] = []
    private var change: Int64 = 0
    private var isDown = false

    func goDown() { isDown = true }

    private func check() throws(Failure) { if isDown { throw Failure(.unavailable, "down") } }

    func add(_ key: AccessKey, by actor: AuditActor) throws(Failure) {
        try check()
        change += 1
        keys.append((key, change))
        _ = try append(AuditAct("key.create", "key \(key.id)"), by: actor, at: key.createdAt)
    }

    func revoke(_ id: String, _ revocation: AccessKey.Revocation, by actor: AuditActor) throws(Failure) -> AccessKey {
        guard let place = keys.firstIndex(where: { $0.key.id == id }) else { throw KeyService.unknown(id) }
        change += 1
        keys[place].key.revocation = revocation
        keys[place].change = change
        return keys[place].key
    }

    func keys(changedAfter change: Int64) throws(Failure) -> (keys: [AccessKey], change: Int64) {
        try check()
        return (keys.filter { $0.change > change }.map(\.key), self.change)
    }

    func append(_ act: AuditAct, by actor: AuditActor, at time: Timestamp) throws(Failure) -> AuditRecord {
        let record = AuditRecord(
            sequence: Int64(records.count) + 1, at: time, actor: actor, act: act,
            previous: records.last?.hash ?? AuditRecord.origin)
        records.append(record)
        return record
    }

    func audit(_ filter: AuditFilter, after: Int64, limit: Int) -> [AuditRecord] {
        Array(records.dropFirst(Int(after)))
    }
}

struct RingTests {
    private let store = MemoryStore()

    private func ring() async throws -> KeyRing { try await KeyRing.open(store: store, logger: .silent) }

    private func code(_ body: () async throws -> Void) async -> Failure.Code? {
        do { try await body() } catch { return (error as? Failure)?.code }
        return nil
    }

    private func wish(
        _ caller: String = "ann", _ roles: Set<Caller.Role> = [.admin], rate: RateLimit? = nil,
        expiresAt: Timestamp? = nil
    ) throws -> KeyWish {
        try KeyWish(caller: caller, grants: RoleGrants(everywhere: roles), rate: rate, expiresAt: expiresAt)
    }

    @Test func `without any key everybody is the local admin, and with the first nobody is`() async throws {
        let ring = try await ring()
        let service = KeyService(store: store, ring: ring)
        let before = try ring.caller(of: nil)
        #expect(before == .local && !ring.isInUse && !before.isOver)
        #expect(
            await code { _ = try await service.create(try wish("ann", [.runner]), caller: before) }
                == .failedPrecondition)
        let (_, token) = try await service.create(try wish(), caller: before)
        #expect(ring.isInUse && before.isOver)
        #expect(throws: Failure.self) { try before.admit() }
        #expect(await code { _ = try ring.caller(of: nil) } == .unauthenticated)
        #expect(try ring.caller(of: token.text).id == "ann")
        // Nobody comes back as the local admin when the last key is gone.
        _ = try await service.revoke(token.id, reason: "r", caller: .local)
        #expect(await code { _ = try ring.caller(of: nil) } == .unauthenticated)
        #expect(try await KeyRing.open(store: store, logger: .silent).isInUse)
        #expect(try await KeyRing.open(file: [], store: MemoryStore(), logger: .silent).isInUse)
    }

    @Test func `only the whole key is known`() async throws {
        let ring = try await ring()
        let service = KeyService(store: store, ring: ring)
        let (key, token) = try await service.create(try wish(), caller: .local)
        let (_, other) = try await service.create(try wish("bob", [.viewer]), caller: .local)
        let secret = token.text.suffix(64)
        for wrong in [
            "", token.id, String(secret), String(token.text.dropLast()), token.text + " ",
            "corral_\(other.id)_\(secret)", key.digest.hex, other.text.replacing(other.id, with: token.id),
        ] { #expect(await code { _ = try ring.caller(of: wrong) } == .unauthenticated, "\(wrong)") }
        #expect(try ring.caller(of: other.text).id == "bob")
        #expect(try ring.caller(of: token.text).key == token.id)
    }

    @Test func `a key that is revoked counts no more, also where it was shown before`() async throws {
        let ring = try await ring()
        let elsewhere = try await self.ring()
        let service = KeyService(store: store, ring: ring)
        let (_, token) = try await service.create(try wish(), caller: .local)
        try await elsewhere.refresh()
        let (here, there) = (try ring.caller(of: token.text), try elsewhere.caller(of: token.text))
        try here.admit()
        _ = try await service.revoke(token.id, reason: "lost", caller: .local)
        #expect(await code { try here.admit() } == .unauthenticated && here.isOver)
        #expect(await code { _ = try ring.caller(of: token.text) } == .unauthenticated)
        // Another server knows when it has read the store again.
        try there.admit()
        try await elsewhere.refresh()
        #expect(await code { try there.admit() } == .unauthenticated)
    }

    @Test func `a key that has expired counts no more`() async throws {
        let ring = try await ring()
        let service = KeyService(store: store, ring: ring)
        #expect(
            await code { _ = try await service.create(try wish(expiresAt: Timestamp.now), caller: .local) }
                == .invalidArgument)
        let soon = Timestamp.now.advanced(by: .milliseconds(200))
        let (key, token) = try await service.create(try wish(expiresAt: soon), caller: .local)
        let caller = try ring.caller(of: token.text)
        while Timestamp.now < soon { try await Task.sleep(for: .milliseconds(20)) }
        #expect(await code { try caller.admit() } == .unauthenticated)
        #expect(key.state(at: soon) == .expired && key.state(at: key.createdAt) == .active)
    }

    @Test func `a key beyond its rate is told when to come again`() async throws {
        let ring = try await ring()
        let service = KeyService(store: store, ring: ring)
        let rate = try RateLimit(perSecond: 0.001, burst: 3)
        let (_, token) = try await service.create(try wish(rate: rate), caller: .local)
        let caller = try ring.caller(of: token.text)
        try caller.admit()
        _ = try ring.caller(of: token.text)
        let failure = #expect(throws: Failure.self) { try caller.admit() }
        #expect(failure?.code == .resourceExhausted)
        let wait = try #require(failure?.details["retry_after"].flatMap { Int($0) })
        #expect((999...1000).contains(wait))
    }

    @Test func `without word of the store its keys count for a while`() async throws {
        let freshness = Freshness()
        #expect(throws: Never.self) { try freshness.check() }
        let failure = #expect(throws: Failure.self) { try freshness.check(at: .now + .seconds(31)) }
        #expect(failure?.code == .unavailable)
        let ring = try await ring()
        await store.goDown()
        #expect(await code { try await ring.refresh() } == .unavailable)
    }

    @Test func `keys and the log are for administrators`() async throws {
        let ring = try await ring()
        let service = KeyService(store: store, ring: ring)
        let (_, root) = try await service.create(try wish(), caller: .local)
        for grants in [
            RoleGrants(everywhere: [.viewer, .runner, .publisher, .reviewer]), RoleGrants(["art": [.admin]]),
        ] {
            let caller = Caller(id: "eve", tenant: "t", grants: grants)
            #expect(await code { _ = try await service.keys(caller: caller) } == .permissionDenied)
            #expect(await code { _ = try await service.key(root.id, caller: caller) } == .permissionDenied)
            #expect(
                await code { _ = try await service.revoke(root.id, reason: "", caller: caller) } == .permissionDenied)
            #expect(await code { _ = try await service.create(try wish(), caller: caller) } == .permissionDenied)
            #expect(
                await code { _ = try await service.audit(AuditFilter(), after: 0, limit: 1, caller: caller) }
                    == .permissionDenied)
        }
        #expect(await code { _ = try await service.key("0000000000000000", caller: .local) } == .notFound)
        #expect(await code { _ = try await service.revoke("x", reason: "", caller: .local) } == .notFound)
    }

    @Test func `the next record of a refusal tells how many were left out`() async throws {
        let refusals = Refusals(store: store, logger: .silent, rate: RateLimit(unchecked: 10, burst: 1))
        let failure = Failure(.unauthenticated, "no")
        let start = ContinuousClock.now
        var leftOut: Int64?
        while leftOut == nil, start.duration(to: .now) < .seconds(20) {
            for _ in 0..<5 { refusals.note("authenticate", "", failure, by: AuditActor(id: "")) }
            try await Task.sleep(for: .milliseconds(20))
            leftOut = await store.records.lazy.compactMap { $0.act.details["left_out_before"]?.integer }.first
        }
        #expect(leftOut ?? 0 > 0)
    }

    @Test func `a flood of refusals leaves a hundred records`() async throws {
        let refusals = Refusals(store: store, logger: .silent)
        let failure = Failure(.unauthenticated, "no")
        for number in 0..<10_000 {
            refusals.note("authenticate", "key \(number)", failure, by: AuditActor(id: ""))
            if number < 100 { while await store.records.count <= number { await Task.yield() } }
        }
        let records = await store.records
        #expect((100...102).contains(records.count))
        #expect(records.allSatisfy { $0.act.outcome == .refused })
    }
}
