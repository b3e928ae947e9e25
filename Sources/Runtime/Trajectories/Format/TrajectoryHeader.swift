import Digest
import Foundations
import JSON
import Sessions
import Spaces

/// What a trajectory is of: everything that determines it, and where it comes from.
public struct TrajectoryHeader: Sendable, Equatable {
    /// Of the session, and of its trajectory.
    public var id: UniqueID
    /// The exact version: `namespace/name@1.2.0`.
    public var reference: String
    /// Of the version: `sha256:…`.
    public var digest: String
    public var instance: String?
    public var parameters: JSONObject
    /// Of the first reset; nil where the environment takes none.
    public var seed: Int64?
    /// Of a vector session; its records are of all rows together.
    public var rows: RowsOffer?
    public var mode: RecordingMode
    /// The link of the chain before the first record: the origin's, or the parent's where the session branched.
    public var base: Digest32
    /// The session that it was forked from, and the index of the last record that they share; -1 for none.
    public var parent: UniqueID?
    public var branchedAt: Int?
    /// With which its random numbers started anew there.
    public var branchSeed: Int64?
    public var isNondeterministic: Bool
    public var observationSpace: JSONValue
    public var actionSpace: JSONValue
    public var agents: [String]?
    public var backend: String
    public var isolation: String
    public var server: String
    public var owner: String
    public var tenant: String
    public var labels: [String: String]
    public var createdAt: String

    /// The link that the chain has to begin with, where this is no branch.
    public var origin: Digest32 {
        RecordChain(
            versionDigest: digest, instance: instance, parameters: JSONValue.object(parameters).canonical, seed: seed,
            rows: rows
        ).link
    }

    public var json: JSONValue {
        [
            "format": 1, "id": .string("\(id)"), "environment": .string(reference), "digest": .string(digest),
            "instance": instance.map(JSONValue.string) ?? .null, "params": .object(parameters),
            "seed": seed.map(JSONValue.integer) ?? .null,
            "rows": rows.map { .integer(Int64($0.count)) } ?? .null,
            "autoreset": rows.map { .string($0.autoreset) } ?? .null, "record": .string(mode.rawValue),
            "base": .string(base.hex), "parent": parent.map { .string("\($0)") } ?? .null,
            "branched_at": branchedAt.map { .integer(Int64($0)) } ?? .null,
            "branch_seed": branchSeed.map(JSONValue.integer) ?? .null,
            "nondeterministic": .bool(isNondeterministic), "observation_space": observationSpace,
            "action_space": actionSpace, "agents": agents.map { .array($0.map(JSONValue.string)) } ?? .null,
            "backend": .string(backend), "isolation": .string(isolation), "server": .string(server),
            "owner": .string(owner), "tenant": .string(tenant),
            "labels": .object(JSONObject(labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            "created_at": .string(createdAt),
        ]
    }

    /// - Throws: `invalid_argument` where the object is no header.
    public init(_ json: JSONValue) throws(Failure) {
        func wrong(_ key: String) -> Failure {
            Failure(.invalidArgument, "the trajectory's header has no right \"\(key)\"")
        }
        func text(_ key: String) throws(Failure) -> String {
            guard let text = json[key]?.string else { throw wrong(key) }
            return text
        }
        guard json["format"]?.integer == 1 else {
            throw Failure(
                .invalidArgument, "the trajectory has a form that this program does not know",
                next: "use a newer Corral")
        }
        guard let id = UniqueID(try text("id")) else { throw wrong("id") }
        guard let base = Digest32(hex: try text("base")) else { throw wrong("base") }
        guard let mode = RecordingMode(rawValue: try text("record")) else { throw wrong("record") }
        guard let parameters = json["params"]?.object else { throw wrong("params") }
        (self.id, self.base, self.mode, self.parameters) = (id, base, mode, parameters)
        reference = try text("environment")
        digest = try text("digest")
        instance = json["instance"]?.string
        seed = json["seed"]?.integer
        rows = try RowsOffer(recorded: json)
        parent = json["parent"]?.string.flatMap { UniqueID($0) }
        branchedAt = json["branched_at"]?.integer.flatMap { Int(exactly: $0) }
        branchSeed = json["branch_seed"]?.integer
        guard branchedAt.map({ (-1...1 << 50).contains($0) }) ?? true, (parent == nil) == (branchedAt == nil) else {
            throw wrong("branched_at")
        }
        isNondeterministic = json["nondeterministic"]?.bool ?? false
        observationSpace = json["observation_space"] ?? .null
        actionSpace = json["action_space"] ?? .null
        agents = json["agents"]?.array?.compactMap(\.string)
        backend = try text("backend")
        isolation = try text("isolation")
        server = try text("server")
        owner = try text("owner")
        tenant = try text("tenant")
        labels = (json["labels"]?.object ?? [:]).reduce(into: [:]) { $0[$1.key] = $1.value.string }
        createdAt = try text("created_at")
    }

    /// Of a session that is about to have its first record.
    public init(_ session: SessionSummary, first: StepRecord, mode: RecordingMode, server: String) {
        id = session.id
        reference = session.environment
        digest = session.digest
        instance = session.instance
        parameters = session.parameters
        seed = first.originSeed
        rows = session.rows
        self.mode = mode
        base = first.previous
        parent = session.parent
        (branchedAt, branchSeed) = (session.branchedAt, session.branchSeed)
        isNondeterministic = session.isNondeterministic
        observationSpace = session.spaces?.observation.json ?? .null
        actionSpace = session.spaces?.action.json ?? .null
        agents = session.agents
        backend = session.backend
        isolation = session.isolation
        self.server = server
        owner = session.owner
        tenant = session.tenant
        labels = session.labels
        createdAt = session.createdAt.rfc3339
    }
}

/// How a trajectory ended; written when it is sealed.
public struct TrajectoryEnd: Sendable, Equatable {
    /// `closed`, `failed`, or `interrupted`: its server ended without sealing it.
    public var state: String
    public var reason: String
    public var records: Int
    public var episodes: Int
    public var hash: Digest32
    public var endedAt: String

    public init(state: String, reason: String, records: Int, episodes: Int, hash: Digest32, endedAt: String) {
        self.state = state
        self.reason = reason
        self.records = records
        self.episodes = episodes
        self.hash = hash
        self.endedAt = endedAt
    }

    var json: JSONValue {
        [
            "state": .string(state), "reason": .string(reason), "records": .integer(Int64(records)),
            "episodes": .integer(Int64(episodes)), "trajectory_hash": .string(hash.hex), "ended_at": .string(endedAt),
        ]
    }

    init(_ json: JSONValue) throws(Damage) {
        guard let state = json["state"]?.string, let reason = json["reason"]?.string,
            let records = json["records"]?.integer.flatMap({ Int(exactly: $0) }),
            let episodes = json["episodes"]?.integer.flatMap({ Int(exactly: $0) }),
            let hash = json["trajectory_hash"]?.string.flatMap({ Digest32(hex: $0) }),
            let endedAt = json["ended_at"]?.string
        else { throw Damage("the end of the trajectory cannot be read") }
        self.init(
            state: state, reason: reason, records: records, episodes: episodes, hash: hash, endedAt: endedAt)
    }
}
