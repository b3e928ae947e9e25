import AccessKeys
import Bundles
import Catalog
import CatalogSQLite
import Foundations
import Glibc
import HTTP
import JSON
import Logging
import Manifests
import Metrics
import Publishing
import Reactor
import ScriptedSessions
import Sessions
import Signing
import Synchronization
import TestSupport
import Testing
import Trajectories

@testable import REST
@testable import Review

/// A policy in force, and whether what was approved once before is enough for it.
enum Ruling: String, CaseIterable, Sendable {
    case open, denied, unmet, met

    var policy: ReviewPolicy {
        switch self {
        case .open: .open
        case .denied: ReviewPolicy([.init(["*"], nil, .deny(reason: "closed"))])
        case .unmet: ReviewPolicy([.init(["*"], nil, .require(.init(approvals: 2)))])
        case .met: ReviewPolicy([.init(["*"], nil, .require(.init(approvals: 1)))])
        }
    }

    /// Whether the policy alone lets a version start that rob has approved in its present round.
    var isMet: Bool { self == .open || self == .met }
}

/// Those who call; ann has published all versions, and each has its key as its name.
private let callers: [Caller] = [
    .init(id: "nobody", tenant: "t", grants: RoleGrants(["other": [.runner, .publisher, .reviewer]])),
    .init(id: "run", tenant: "t", roles: [.runner]),
    .init(id: "ann", tenant: "t", roles: [.runner, .publisher, .reviewer]),
    .init(id: "pat", tenant: "t", roles: [.publisher]), .init(id: "zoe", tenant: "t", roles: [.reviewer]),
    .init(id: "root", tenant: "t", roles: [.admin]),
]
private let rob = Caller(id: "rob", tenant: "t", roles: [.reviewer])
private let root = Principal(id: "root", isAdmin: true)

/// The real router, catalog, policy and sessions, over hosts that only count.
@Reactor
private final class ReviewBench {
    let api: RESTAPI
    let source: ScriptedSource
    let store: SQLiteCatalogStore
    let desk: ReviewDesk
    let service: SessionService
    private let keys: KeyStore
    private let blobs: BlobStore
    private let folder: TemporaryDirectory
    private var lastPatch = 0

    private final class Rules: Sendable {
        let policy = Mutex(ReviewPolicy.open)
    }
    private let rules = Rules()

    init() async throws {
        folder = try TemporaryDirectory()
        store = try SQLiteCatalogStore(path: folder.path + "/corral.db")
        keys = KeyStore(directory: folder.path + "/keys")
        blobs = try BlobStore(folder: folder.path + "/blobs")
        let rules = rules
        desk = try await ReviewDesk(
            store: store, keys: keys, logger: .silent, hasKeys: { true }
        ) { () throws(Failure) in rules.policy.withLock { $0 } }
        let manifests = ManifestFolder([])
        let versions = try VersionCache(folder: folder.path + "/versions", blobs: blobs)
        let launches = ManifestAuthority.Policy(
            backend: .process, python: "/usr/bin/python3", sdk: "/nowhere", longestCommand: .seconds(60),
            longestStart: .seconds(60))
        let authority = CatalogAuthority(
            folder: ManifestAuthority(folder: manifests, policy: launches, isolations: [:]), store: store,
            versions: versions, packages: nil, policy: desk)
        let catalog = CatalogService(
            store: store, folder: manifests, blobs: blobs,
            uploads: try UploadStore(folder: folder.path + "/uploads", blobs: blobs), versions: versions, policy: desk)
        source = try ScriptedSource()
        var limits = SessionService.Limits(
            maxSessions: 10_000, idleTimeout: .seconds(3600), maxLifetime: .seconds(3600))
        limits.checkpoints = try CheckpointFolder(data: folder.path)
        limits.limitJournals(total: 1 << 20, folder: folder.path)
        service = SessionService(
            server: 7, limits: limits, authority: authority, hosts: source, observers: [], replies: nil,
            logger: .silent)
        let metrics = MetricsRegistry()
        let known = Dictionary(uniqueKeysWithValues: callers.map { ($0.id, $0) })
        api = RESTAPI(
            service: service,
            trajectories: try TrajectoryStore(
                path: folder.path + "/trajectories", policy: RecordingPolicy(), server: "test", metrics: metrics,
                logger: .silent),
            environments: catalog, catalog: catalog, reviews: desk,
            information: .init(version: "1", capabilities: { [:] }),
            access: Access(keys: try KeyRing(known), isLoopback: true), metrics: metrics,
            journal: RequestJournal(metrics: metrics, logger: .silent), logger: .silent)
    }

    func set(_ policy: ReviewPolicy) async throws {
        rules.policy.withLock { $0 = policy }
        _ = try await desk.readAgain()
    }

    /// A version that ann published, whose bytes are there.
    func publish() async throws -> VersionRecord {
        lastPatch += 1
        let place = "version-\(lastPatch)"
        try folder.write(
            place + "/environment.yaml",
            """
            manifest: 1
            name: ns/Env
            version: 1.0.\(lastPatch)
            launch: {process: {worker: "worker.py:Env"}}
            """)
        try folder.write(place + "/worker.py", "class Env: pass\n")
        let bundle = try Bundle(packing: folder.path + "/" + place)
        _ = try blobs.put(bundle.bytes)
        let submission = Submission(
            manifest: bundle.manifest, digest: bundle.versionDigest,
            bundle: BundleReference(digest: bundle.digest, size: Int64(bundle.bytes.count)))
        return try await store.publish(submission, by: Principal(id: "ann", isAdmin: false), at: .now).record
    }

    /// Brings a version that was just published into a state, with an approval by rob in its last round.
    func bring(_ version: VersionRecord, to state: VersionState.Name) async throws -> VersionRecord {
        let path: [Transition] =
            switch state {
            case .unreviewed: []
            case .submitted: [.submit]
            case .inReview: [.submit, .startReview]
            case .approved: [.submit, .startReview, .approve]
            case .rejected: [.submit, .reject(reason: "r")]
            case .deprecated: [.deprecate(successor: nil, message: "m")]
            case .yanked: [.yank(reason: "r")]
            case .retired: [.retire(reason: "r")]
            }
        var record = version
        for transition in path {
            let by = transition == .submit ? Principal(id: "ann", isAdmin: true) : root
            record = try await store.apply(
                transition, to: record.version, of: record.name, by: by, note: "", at: .now)
        }
        let statement = Statement(
            about: [.init(name: record.reference, digests: ["sha256": record.digest])],
            predicateType: Approval.predicateType,
            predicate: ["reviewer": "rob", "roles": ["reviewer"], "round": .integer(record.round), "comment": ""])
        try await store.attach(
            Attestation(
                digest: record.digest, kind: Approval.kind, result: "",
                envelope: try statement.signed(by: [keys.serverKey()]).json.encoded(), createdAt: .now,
                createdBy: "rob"))
        return record
    }

    func call(_ route: Route, _ parameters: [String: String], _ body: String, as caller: Caller) async -> HTTPResponse {
        let path = route.segments.map { segment -> String in
            guard segment.hasPrefix("{") else { return segment }
            let name = segment.dropFirst().dropLast().prefix { $0 != "…" }
            return (parameters[String(name)] ?? "none").split(separator: "/").joined(separator: "%2F")
        }
        let isBodyless = if case .none = route.body { true } else { false }
        return await api.handle(
            HTTPRequest(
                method: route.method, path: "/" + path.joined(separator: "/"),
                rawQuery: route.operation == "compatibility" ? "agent=sb3-dqn" : "",
                headers: HTTPHeaders([("Host", "localhost:1"), ("Authorization", "Bearer \(caller.id)")]),
                body: isBodyless ? [] : Array(body.utf8)))
    }
}

@Suite struct ReviewRouteTests {
    /// What is sent to a route, where an empty object says nothing.
    private static func body(_ operation: String, _ reference: String) -> String {
        switch operation {
        case "createSession": #"{"environment":"\#(reference)","reset":false}"#
        case "createSessions": #"{"environment":"\#(reference)","reset":false,"count":2}"#
        case "deprecateVersion": #"{"message":"m"}"#
        case "yankVersion", "retireVersion", "rejectVersion": #"{"reason":"again"}"#
        default: "{}"
        }
    }

    /// How a route names the version that it starts.
    private enum Naming { case asTold, byNumber, byDigest }

    /// Routes that may start a session of a version.
    private static let starting: [String: Naming] = [
        "createSession": .asTold, "createSessions": .asTold, "forkSession": .byDigest, "restoreCheckpoint": .byNumber,
        "compatibility": .byNumber,
    ]

    /// Routes that may change the state of a version.
    private static let changing: Set<String> = [
        "submitVersion", "startReview", "approveVersion", "rejectVersion", "deprecateVersion", "yankVersion",
        "retireVersion", "restoreVersion", "reloadPolicy",
    ]

    /// All; in a short run only those that may start or change something. What ends sessions comes last.
    private static let routes: [Route] = {
        let isLong = getenv("CORRAL_LONG").map { String(cString: $0) == "1" } ?? false
        let chosen = RESTAPI.routes.filter {
            isLong || starting[$0.operation] != nil || changing.contains($0.operation)
        }
        return chosen.filter { $0.method != "DELETE" } + chosen.filter { $0.method == "DELETE" }
    }()

    /// Every route, in every state, for every caller, under four policies: nothing starts that policy and state do not
    /// allow, and no state changes but by its own route and whoever may.
    @Test(arguments: Ruling.allCases) @Reactor
    func `no route starts or changes what it may not`(_ ruling: Ruling) async throws {
        let bench = try await ReviewBench()
        var tried = 0
        var started = 0
        var changed = 0
        for state in VersionState.Name.allCases {
            for caller in callers {
                // A session and a checkpoint from a time when all was allowed.
                try await bench.set(.open)
                let mayRun = caller.has(.runner, in: "ns")
                var version = try await bench.publish()
                var parameters: [String: String] = [:]
                if mayRun {
                    let request = SessionRequest(environment: version.reference, reset: false)
                    let session = try await bench.service.create(request, caller: caller)[0].summary.id
                    parameters["session"] = "\(session)"
                    parameters["checkpoint"] = "\(try await bench.service.checkpoint(session, caller: caller).id)"
                }
                try await bench.set(ruling.policy)
                version = try await bench.bring(version, to: state)
                for route in Self.routes {
                    let naming = Self.starting[route.operation]
                    for isByDigest in naming == .asTold ? [false, true] : [false] {
                        let reference = isByDigest ? "ns/Env@sha256:\(version.digest)" : version.reference
                        parameters["reference"] = reference
                        let opened = bench.source.opened
                        let answer = await bench.call(
                            route, parameters, Self.body(route.operation, reference), as: caller)
                        tried += 1
                        let made = bench.source.opened > opened
                        func what() -> Comment {
                            "\(ruling) \(state) \(caller.id) \(route.operation) \(reference): \(answer.status)"
                        }
                        let isStartable = Self.isStartable(
                            state, ruling, byDigest: naming == .byDigest || isByDigest)
                        #expect(made == (naming != nil && mayRun && isStartable), what())
                        if made { started += 1 }
                        let now = try #require(try await bench.store.version(digest: version.digest))
                        let expected = Self.state(of: version, after: route.operation, by: caller, ruling)
                        #expect(now.state.name == expected, what())
                        let isChanged = now.state != version.state || now.round != version.round
                        if isChanged { changed += 1 }
                        // An approval changes what is there, if not the state.
                        if isChanged || route.operation == "approveVersion" && answer.status == 200 {
                            version = try await bench.bring(try await bench.publish(), to: state)
                        }
                    }
                }
            }
        }
        #expect(tried > 700)
        #expect((started > 0) == ruling.isMet)
        #expect(changed > 40)
        #expect(try await bench.store.problems() == [])
    }

    private static func isStartable(_ state: VersionState.Name, _ ruling: Ruling, byDigest: Bool) -> Bool {
        guard ruling.isMet else { return false }
        return switch state {
        case .unreviewed, .approved, .deprecated: true
        case .yanked: byDigest
        case .submitted, .inReview, .rejected, .retired: false
        }
    }

    /// The state that a call may leave.
    private static func state(
        of version: VersionRecord, after operation: String, by caller: Caller, _ ruling: Ruling
    ) -> VersionState.Name {
        let state = version.state.name
        let isOwner = ["ann", "root"].contains(caller.id)
        let reviews = ["zoe", "root"].contains(caller.id)
        func moved(_ allowed: [VersionState.Name], _ after: VersionState.Name, _ may: Bool) -> VersionState.Name {
            may && allowed.contains(state) ? after : state
        }
        switch operation {
        case "submitVersion":
            // A policy that allows all has nothing to review.
            let after: VersionState.Name = ruling == .open ? .approved : .submitted
            let isSettled = ruling == .met && state == .submitted
            return moved([.unreviewed, .submitted, .approved, .rejected], isSettled ? .approved : after, isOwner)
        case "startReview": return moved([.submitted], .inReview, reviews)
        case "approveVersion":
            return moved([.inReview], ruling.isMet || ruling == .unmet ? .approved : .inReview, reviews)
        case "rejectVersion": return moved([.submitted, .inReview, .approved], .rejected, reviews)
        case "deprecateVersion": return moved([.unreviewed, .approved], .deprecated, isOwner)
        case "yankVersion": return moved([.unreviewed, .approved, .deprecated], .yanked, isOwner)
        case "retireVersion": return moved(VersionState.Name.allCases, .retired, isOwner)
        case "restoreVersion": return moved([.deprecated, .yanked], .unreviewed, isOwner)
        case "reloadPolicy": return moved([.submitted, .inReview], .approved, caller.id == "root" && ruling.isMet)
        default: return state
        }
    }
}
