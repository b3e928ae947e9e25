import Digest
import Foundations
import JSON
import Sessions

/// What a list tells of one trajectory.
public struct TrajectorySummary: Sendable, Equatable {
    public var id: UniqueID
    public var environment: String
    public var digest: String
    public var instance: String?
    public var seed: Int64?
    public var mode: RecordingMode
    /// `recording`, `closed`, `failed` or `interrupted`.
    public var state: String
    public var reason: String?
    public var records: Int
    public var episodes: Int
    /// Bytes of its file.
    public var size: Int
    public var hash: Digest32?
    public var parent: UniqueID?
    public var branchedAt: Int?
    public var isNondeterministic: Bool
    public var owner: String
    public var tenant: String
    public var labels: [String: String]
    public var createdAt: String
    public var endedAt: String?

    init(_ header: TrajectoryHeader, state: String) {
        id = header.id
        environment = header.reference
        digest = header.digest
        instance = header.instance
        seed = header.seed
        mode = header.mode
        self.state = state
        (records, episodes, size) = (0, 0, 0)
        parent = header.parent
        branchedAt = header.branchedAt
        isNondeterministic = header.isNondeterministic
        owner = header.owner
        tenant = header.tenant
        labels = header.labels
        createdAt = header.createdAt
    }

    public init(_ file: TrajectoryFile) {
        self.init(file.header, state: file.end?.state ?? "recording")
        size = file.size
        records = file.end?.records ?? file.indices.count
        episodes = file.end?.episodes ?? 0
        (reason, hash, endedAt) = (file.end?.reason, file.end?.hash, file.end?.endedAt)
    }

    /// Nil for what `json` did not make.
    init?(json: JSONValue?, tenant: String) {
        guard let json, let id = json["id"]?.string.flatMap({ UniqueID($0) }), let state = json["state"]?.string,
            let environment = json["environment"]?.string, let digest = json["digest"]?.string,
            let mode = json["record"]?.string.flatMap({ RecordingMode(rawValue: $0) }),
            let records = json["records"]?.integer, let episodes = json["episodes"]?.integer,
            let size = json["bytes"]?.integer, let owner = json["owner"]?.string,
            let createdAt = json["created_at"]?.string
        else { return nil }
        (self.id, self.state, self.environment, self.digest) = (id, state, environment, digest)
        (self.mode, self.records, self.episodes, self.size) = (mode, Int(records), Int(episodes), Int(size))
        (self.owner, self.tenant, self.createdAt) = (owner, tenant, createdAt)
        instance = json["instance"]?.string
        seed = json["seed"]?.integer
        reason = json["reason"]?.string
        hash = json["trajectory_hash"]?.string.flatMap { Digest32(hex: $0) }
        parent = json["parent"]?.string.flatMap { UniqueID($0) }
        branchedAt = json["branched_at"]?.integer.map { Int($0) }
        isNondeterministic = json["nondeterministic"]?.bool ?? false
        labels = (json["labels"]?.object ?? [:]).reduce(into: [:]) { $0[$1.key] = $1.value.string }
        endedAt = json["ended_at"]?.string
    }

    public var json: JSONValue {
        [
            "id": .string("\(id)"), "environment": .string(environment), "digest": .string(digest),
            "instance": instance.map(JSONValue.string) ?? .null, "seed": seed.map(JSONValue.integer) ?? .null,
            "record": .string(mode.rawValue), "state": .string(state),
            "reason": reason.map(JSONValue.string) ?? .null, "records": .integer(Int64(records)),
            "episodes": .integer(Int64(episodes)), "bytes": .integer(Int64(size)),
            "trajectory_hash": hash.map { .string($0.hex) } ?? .null,
            "parent": parent.map { .string("\($0)") } ?? .null,
            "branched_at": branchedAt.map { .integer(Int64($0)) } ?? .null,
            "nondeterministic": .bool(isNondeterministic), "owner": .string(owner),
            "labels": .object(JSONObject(labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            "created_at": .string(createdAt), "ended_at": endedAt.map(JSONValue.string) ?? .null,
        ]
    }
}

/// What a list of trajectories is narrowed to.
public struct TrajectoryFilter: Sendable {
    public var state: String?
    /// A reference with or without its version.
    public var environment: String?
    public var digest: String?
    /// Key and value; a nil value asks for the key alone.
    public var label: (key: String, value: String?)?

    public static let states = ["recording", "closed", "failed", "interrupted"]

    public init() {}
}
