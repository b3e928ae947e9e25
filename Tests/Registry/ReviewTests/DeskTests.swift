import Catalog
import CatalogSQLite
import Foundations
import JSON
import Logging
import Manifests
import Publishing
import Sessions
import Signing
import Synchronization
import TestSupport
import Testing

@testable import Review

/// What the policy of a desk is read from: nil cannot be read, one without rules was not written.
private final class PolicySource: Sendable {
    private let policy: Mutex<ReviewPolicy?>
    private let keyed = Mutex(false)

    init(_ policy: ReviewPolicy) { self.policy = Mutex(policy) }

    var hasKeys: Bool { keyed.withLock { $0 } }
    func giveKeys() { keyed.withLock { $0 = true } }

    func set(_ next: ReviewPolicy?) { policy.withLock { $0 = next } }

    func read() throws(Failure) -> ReviewPolicy? {
        guard let policy = policy.withLock({ $0 }) else { throw Failure(.invalidArgument, "policy.yaml:1:1: bad") }
        return policy.rules.isEmpty ? nil : policy
    }
}

/// A desk over a catalog in a temporary folder, whose policy a test can change.
private final class Bench {
    let store: SQLiteCatalogStore
    let keys: KeyStore
    let desk: ReviewDesk
    private let source: PolicySource
    private let folder: TemporaryDirectory

    convenience init(_ demands: ReviewPolicy.Demands) async throws {
        try await self.init(ReviewPolicy([.init(["*"], nil, .require(demands))]))
    }

    init(_ policy: ReviewPolicy) async throws {
        folder = try TemporaryDirectory()
        store = try SQLiteCatalogStore(path: folder.path + "/corral.db")
        keys = KeyStore(directory: folder.path + "/keys")
        let source = PolicySource(policy)
        self.source = source
        desk = try await ReviewDesk(
            store: store, keys: keys, logger: .silent, hasKeys: { source.hasKeys }
        ) { () throws(Failure) in try source.read() }
    }

    func set(_ policy: ReviewPolicy?) { source.set(policy) }
    func giveKeys() { source.giveKeys() }

    func publish(_ number: String = "1.0.0", by publisher: Caller = ann) async throws -> VersionRecord {
        let name = EnvironmentName("ns/Env")!
        let document: JSONObject = [
            "manifest": 1, "name": "ns/Env", "version": .string(number),
            "launch": ["process": ["worker": "worker.py:Env"]],
        ]
        let submission = Submission(
            manifest: try Manifest(json: .object(document)), digest: digest(number.last!),
            bundle: BundleReference(digest: digest("b"), size: 1),
            state: desk.initialState(for: name, caller: publisher))
        return try await store.publish(
            submission, by: Principal(id: publisher.id, isAdmin: false), at: .now
        ).record
    }

    func current(_ record: VersionRecord) async throws -> VersionRecord {
        try #require(try await store.version(digest: record.digest))
    }

    func pass(_ record: VersionRecord) async throws {
        let key = try keys.serverKey()
        let statement = Statement(
            about: [.init(name: record.reference, digests: ["sha256": record.digest])],
            predicateType: ReviewEvidence.predicateType(of: "admission"), predicate: ["verdict": "passed"])
        try await store.attach(
            Attestation(
                digest: record.digest, kind: "admission", result: "passed",
                envelope: try statement.signed(by: [key]).json.encoded(), createdAt: .now, createdBy: "server"))
        try await desk.settle(digest: record.digest)
    }

    /// Nil where it may be started.
    func refusal(_ record: VersionRecord) async throws -> Failure.Code? {
        let record = try await current(record)
        let candidate = Candidate(version: record.version, digest: record.digest, state: record.state)
        do throws(Failure) {
            try await desk.checkStart(of: candidate, of: record.name, caller: ann)
            return nil
        } catch { return error.code }
    }
}

private let ann = caller("ann", .publisher, .runner)
private let rob = caller("rob", .reviewer)
private let zoe = caller("zoe", .reviewer)

private func code(_ body: () async throws -> Void) async -> Failure.Code? {
    do { try await body() } catch { return (error as? Failure)?.code ?? .internal }
    return nil
}

@Suite struct DeskTests {
    @Test func `a version starts when checks and another's approval are there, in either order`() async throws {
        for checkIsFirst in [true, false] {
            let bench = try await Bench(.init(checks: ["admission"], approvals: 1))
            var record = try await bench.publish()
            #expect(record.state == .submitted && record.round == 1)
            #expect(try await bench.refusal(record) == .failedPrecondition)
            if checkIsFirst { try await bench.pass(record) }
            record = try await bench.desk.start(bench.current(record), note: "", caller: rob)
            record = try await bench.desk.approve(record, comment: "good", envelope: nil, caller: rob)
            #expect(record.state == (checkIsFirst ? .approved : .inReview))
            if !checkIsFirst {
                #expect(try await bench.refusal(record) == .failedPrecondition)
                try await bench.pass(record)
            }
            #expect(try await bench.current(record).state == .approved)
            #expect(try await bench.refusal(record) == nil)
            #expect(try await bench.store.problems() == [])
        }
    }

    @Test func `who published or submitted a version does nothing to its review`() async throws {
        let bench = try await Bench(.init(approvals: 1))
        let everything = caller("ann", .admin)
        var record = try await bench.publish()
        for body in [
            { _ = try await bench.desk.start(record, note: "", caller: everything) },
            { _ = try await bench.desk.approve(record, comment: "", envelope: nil, caller: everything) },
            { _ = try await bench.desk.reject(record, reason: "r", caller: everything) },
            { _ = try await bench.desk.start(record, note: "", caller: caller("eve", .publisher, .runner)) },
            { _ = try await bench.desk.start(record, note: "", caller: Caller(id: "x", tenant: "x", roles: [])) },
        ] as [() async throws -> Void] {
            #expect(await code(body) == .permissionDenied)
        }
        record = try await bench.current(record)
        #expect(record.state == .submitted)
        #expect(try await bench.store.attestations(of: record.digest, kind: nil) == [])
    }

    @Test func `a rejection takes earlier approvals with it`() async throws {
        let bench = try await Bench(.init(approvals: 2))
        var record = try await bench.desk.start(bench.publish(), note: "", caller: rob)
        record = try await bench.desk.approve(record, comment: "", envelope: nil, caller: rob)
        record = try await bench.desk.reject(record, reason: "leaks", caller: zoe)
        #expect(record.state == .rejected(reason: "leaks"))
        let stale = record
        record = try await bench.store.apply(
            .submit, to: record.version, of: record.name, by: Principal(id: "ann", isAdmin: false), note: "", at: .now)
        #expect(record.round == 2 && record.submittedBy == "ann")
        record = try await bench.desk.start(record, note: "", caller: zoe)
        record = try await bench.desk.approve(record, comment: "", envelope: nil, caller: zoe)
        #expect(record.state == .inReview)
        let view = try await bench.desk.view(record, caller: rob).json
        #expect(view["missing"] == ["it has 1 of 2 approvals"])
        #expect(view["ignored"]?.array?.count == 1)
        // What was read before the submission is no base for an approval now.
        #expect(
            await code { _ = try await bench.desk.approve(stale, comment: "", envelope: nil, caller: rob) }
                == .failedPrecondition)
        record = try await bench.desk.approve(record, comment: "now", envelope: nil, caller: rob)
        #expect(record.state == .approved)
        #expect(try await bench.refusal(record) == nil)
    }

    @Test func `many approvals at the same time end the review once`() async throws {
        let bench = try await Bench(.init(approvals: 8))
        let record = try await bench.desk.start(bench.publish(), note: "", caller: rob)
        let desk = bench.desk
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<24 {
                let reviewer = caller("reviewer-\(number % 8)", .reviewer)
                group.addTask {
                    _ = try? await desk.approve(record, comment: "", envelope: nil, caller: reviewer)
                }
            }
        }
        #expect(try await bench.current(record).state == .approved)
        let history = try await bench.store.history(of: record.name, version: nil, before: nil, limit: 100)
        let approvals = history.filter { $0.action == "approve" }
        #expect(
            approvals.count(where: { $0.details["name"] == "approved" && $0.details["before"] == "in_review" }) == 1)
        #expect(Set(approvals.map(\.by)).count == 8)
    }

    @Test func `approving twice changes nothing`() async throws {
        let bench = try await Bench(.init(approvals: 2))
        let record = try await bench.desk.start(bench.publish(), note: "", caller: rob)
        _ = try await bench.desk.approve(record, comment: "a", envelope: nil, caller: rob)
        _ = try await bench.desk.approve(record, comment: "b", envelope: nil, caller: rob)
        #expect(try await bench.store.attestations(of: record.digest, kind: "approval").count == 1)
        #expect(try await bench.current(record).state == .inReview)
    }

    @Test func `a policy that changes decides about what is there at once`() async throws {
        let one = ReviewPolicy([.init(["*"], nil, .require(.init(approvals: 1)))])
        let two = ReviewPolicy([.init(["*"], nil, .require(.init(approvals: 2)))])
        let bench = try await Bench(one)
        let admin = Caller(id: "root", tenant: "root", roles: [.admin])
        var record = try await bench.desk.start(bench.publish(), note: "", caller: rob)
        record = try await bench.desk.approve(record, comment: "", envelope: nil, caller: rob)
        #expect(try await bench.refusal(record) == nil)
        let waiting = try await bench.publish("1.0.1")

        bench.set(two)
        #expect(try await bench.refusal(record) == nil)
        #expect(try await bench.desk.reload(caller: admin).allowed == 0)
        #expect(try await bench.refusal(record) == .failedPrecondition)
        record = try await bench.desk.approve(record, comment: "", envelope: nil, caller: zoe)
        #expect(try await bench.refusal(record) == nil)

        bench.set(ReviewPolicy([.init(["*"], nil, .deny(reason: "closed"))]))
        _ = try await bench.desk.reload(caller: admin)
        #expect(try await bench.refusal(record) == .permissionDenied)

        bench.set(.open)
        let opened = try await bench.desk.reload(caller: admin)
        #expect(opened.versions == 2 && opened.allowed == 2 && opened.approved == [waiting.reference])
        #expect(try await bench.refusal(waiting) == nil)

        // Nothing was approved for a policy that wants approvals.
        bench.set(one)
        _ = try await bench.desk.reload(caller: admin)
        #expect(try await bench.refusal(waiting) == .failedPrecondition)

        bench.set(nil)
        #expect(await code { _ = try await bench.desk.reload(caller: admin) } == .invalidArgument)
        #expect(bench.desk.policy == one)
        #expect(await code { _ = try await bench.desk.reload(caller: caller("a", .admin)) } == .permissionDenied)
    }

    @Test func `an approval can be signed by the reviewer, and nothing else than it`() async throws {
        var demands = ReviewPolicy.Demands(approvals: 1)
        demands.needsOwnKeys = true
        let bench = try await Bench(demands)
        let key = try SigningKey.generate()
        var record = try await bench.desk.start(bench.publish(), note: "", caller: rob)
        func approve(_ statement: Statement, by signer: SigningKey, as reviewer: Caller = rob) async throws {
            record = try await bench.desk.approve(
                record, comment: "", envelope: try statement.signed(by: [signer]), caller: reviewer)
        }
        let statement = try Approval(of: record, by: rob, comment: "mine").statement()
        #expect(await code { try await approve(statement, by: key) } == .permissionDenied)
        try bench.keys.add("rob", pem: key.verifying.pem)
        let another = try SigningKey.generate()
        #expect(await code { try await approve(statement, by: another) } == .permissionDenied)
        #expect(await code { try await approve(statement, by: key, as: zoe) } == .permissionDenied)
        for wrong in [
            try Approval(of: version("f"), by: rob).statement(),
            try Approval(of: record, by: zoe).statement(),
            try Approval(of: record, by: caller("rob", .admin)).statement(),
            Statement(about: statement.subjects, predicateType: "https://other", predicate: statement.predicate),
        ] {
            #expect(await code { try await approve(wrong, by: key) } == .invalidArgument)
        }
        // The server's word alone is not enough here.
        record = try await bench.desk.approve(record, comment: "", envelope: nil, caller: rob)
        #expect(record.state == .inReview)
        try await approve(statement, by: key)
        #expect(record.state == .approved)
        #expect(try await bench.refusal(record) == nil)
    }

    @Test func `what waits is listed for those who may see it`() async throws {
        let bench = try await Bench(.init(approvals: 1))
        for number in 0..<5 { _ = try await bench.publish("1.0.\(number)") }
        let first = try await bench.desk.waiting(.submitted, after: nil, limit: 3, caller: rob)
        let rest = try await bench.desk.waiting(.submitted, after: first.next, limit: 3, caller: rob)
        #expect((first.records + rest.records).map(\.version.patch) == [0, 1, 2, 3, 4] && rest.next == nil)
        let stranger = Caller(id: "x", tenant: "x", grants: RoleGrants(["other": [.reviewer]]))
        #expect(try await bench.desk.waiting(.submitted, after: nil, limit: 3, caller: stranger).records == [])
    }

    @Test func `without a policy the first key of a caller changes what may be started`() async throws {
        let bench = try await Bench(ReviewPolicy([]))
        let record = try await bench.publish()
        #expect(record.state == .unreviewed)
        #expect(try await bench.refusal(record) == nil)
        bench.giveKeys()
        #expect(try await bench.refusal(record) == .failedPrecondition)
        #expect(try await bench.publish("1.0.1").state == .submitted)
        #expect(bench.desk.policy == .keyed)
    }

    @Test func `checks alone are enough where a rule says so`() async throws {
        let bench = try await Bench(.init(checks: ["admission"]))
        let record = try await bench.publish()
        #expect(try await bench.refusal(record) == .failedPrecondition)
        try await bench.pass(record)
        #expect(try await bench.current(record).state == .approved)
        let history = try await bench.store.history(of: record.name, version: nil, before: nil, limit: 9)
        #expect(history.map(\.action) == ["approve", "start_review", "publish"])
        #expect(history.map(\.by) == ["policy", "policy", "ann"])
        #expect(try await bench.store.problems() == [])
    }
}
