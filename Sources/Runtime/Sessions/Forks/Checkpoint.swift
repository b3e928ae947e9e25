import Digest
import Foundations
import JSON
import Reactor

/// A session as a file has it: what it takes to bring it back, also on another day.
public struct Checkpoint: Sendable {
    public let id: UniqueID
    public let session: UniqueID
    /// The exact version, and its digest.
    public let environment: String
    public let digest: String
    public let instance: String?
    public let index: Int
    public let episode: Int
    public let trajectoryHash: String?
    public let createdAt: String
    let parameters: JSONObject
    let seed: Int64?
    let seedIsPending: Bool
    /// Of a vector session.
    let rows: RowsOffer?
    let labels: [String: String]
    let owner: String
    let tenant: String
    /// As `JournaledCall.all(in:)` reads them; nil where the state itself was kept.
    let calls: [UInt8]?
    /// As `SessionHost.loadState` takes it.
    let state: [UInt8]?
    let phase: String

    var json: JSONValue {
        [
            "checkpoint": 1, "id": .string("\(id)"), "session": .string("\(session)"),
            "environment": .string(environment), "digest": .string(digest),
            "instance": instance.map(JSONValue.string) ?? .null, "params": .object(parameters),
            "seed": seed.map(JSONValue.integer) ?? .null, "seed_is_pending": .bool(seedIsPending),
            "rows": rows.map { .integer(Int64($0.count)) } ?? .null,
            "autoreset": rows.map { .string($0.autoreset) } ?? .null,
            "labels": .object(JSONObject(labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            "owner": .string(owner), "tenant": .string(tenant), "index": .integer(Int64(index)),
            "episode": .integer(Int64(episode)), "phase": .string(phase),
            "trajectory_hash": trajectoryHash.map(JSONValue.string) ?? .null, "created_at": .string(createdAt),
            "calls": calls.map { .string(Hexadecimal.text($0)) } ?? .null,
            "state": state.map { .string(Hexadecimal.text($0)) } ?? .null,
        ]
    }

    /// Nil for what `json` did not make.
    init?(json: JSONValue) {
        guard json["checkpoint"]?.integer == 1, let id = json["id"]?.string.flatMap({ UniqueID($0) }),
            let session = json["session"]?.string.flatMap({ UniqueID($0) }),
            let environment = json["environment"]?.string, let digest = json["digest"]?.string,
            let parameters = json["params"]?.object, let labels = json["labels"]?.object,
            let owner = json["owner"]?.string, let tenant = json["tenant"]?.string,
            let index = json["index"]?.integer.flatMap({ Int(exactly: $0) }),
            let episode = json["episode"]?.integer.flatMap({ Int(exactly: $0) }), let phase = json["phase"]?.string,
            let createdAt = json["created_at"]?.string, let seedIsPending = json["seed_is_pending"]?.bool
        else { return nil }
        (self.id, self.session, self.environment, self.digest) = (id, session, environment, digest)
        (self.parameters, self.owner, self.tenant, self.phase) = (parameters, owner, tenant, phase)
        (self.index, self.episode, self.createdAt, self.seedIsPending) = (index, episode, createdAt, seedIsPending)
        instance = json["instance"]?.string
        seed = json["seed"]?.integer
        do throws(Failure) { rows = try RowsOffer(recorded: json) } catch { return nil }
        trajectoryHash = json["trajectory_hash"]?.string
        self.labels = Dictionary(
            labels.compactMap { key, value in value.string.map { (key, $0) } }, uniquingKeysWith: { $1 })
        calls = json["calls"]?.string.flatMap(Hexadecimal.bytes)
        state = json["state"]?.string.flatMap(Hexadecimal.bytes)
        guard calls != nil || state != nil else { return nil }
    }

    init(
        id: UniqueID, of session: SessionSummary, seed: Int64?, seedIsPending: Bool, parameters: JSONObject,
        calls: [UInt8]?, state: [UInt8]?
    ) {
        (self.id, self.session, self.seed, self.seedIsPending) = (id, session.id, seed, seedIsPending)
        (environment, digest, instance) = (session.environment, session.digest, session.instance)
        (index, episode, trajectoryHash) = (session.index, session.episode, session.trajectoryHash)
        (labels, owner, tenant, phase) = (session.labels, session.owner, session.tenant, session.phase.name)
        (self.parameters, self.calls, self.state) = (parameters, calls, state)
        rows = session.rows
        createdAt = Timestamp.now.rfc3339
    }
}

enum Hexadecimal {
    static func text(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for what is no hexadecimal text.
    static func bytes(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 2)
        var half: UInt8?
        for digit in text.utf8 {
            let value: UInt8
            switch digit {
            case 0x30...0x39: value = digit - 0x30
            case 0x61...0x66: value = digit - 0x61 + 10
            default: return nil
            }
            if let high = half {
                bytes.append(high << 4 | value)
                half = nil
            } else {
                half = value
            }
        }
        return half == nil ? bytes : nil
    }
}
