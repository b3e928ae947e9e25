import Digest
import Foundations
import JSON

/// Something that somebody did or was refused, and that has to be known later.
public struct AuditAct: Sendable {
    public enum Outcome: String, Sendable, CaseIterable { case done, refused }

    /// Such as `publish` or `key.revoke`.
    public let action: String
    /// What it was done to, such as `ns/Name@1.0.0`.
    public let object: String
    public let outcome: Outcome
    /// No secrets. Integers up to 2^53.
    public let details: JSONObject

    public init(_ action: String, _ object: String, _ outcome: Outcome = .done, details: JSONObject = [:]) {
        self.action = action
        self.object = object
        self.outcome = outcome
        self.details = details
    }
}

/// Who did it.
public struct AuditActor: Sendable, Hashable {
    /// The id of the caller; empty where nobody was recognised.
    public let id: String
    /// The public id of the key that was shown.
    public let key: String?

    public init(id: String, key: String? = nil) {
        self.id = id
        self.key = key
    }
}

/// An act in the log: each holds the hash of the one before, so that none can be changed, left out or put between
/// without every later one telling it.
public struct AuditRecord: Sendable {
    /// From 1, without gaps.
    public let sequence: Int64
    public let at: Timestamp
    public let actor: AuditActor
    public let act: AuditAct
    /// The hash of the record before; zeros for the first.
    public let previous: String
    /// SHA-256 of the canonical JSON (RFC 8785) of all other members.
    public let hash: String

    /// What the first record follows.
    public static let origin = String(repeating: "0", count: 64)

    /// - Parameter hash: As it was stored; nil for a new record.
    public init(
        sequence: Int64, at: Timestamp, actor: AuditActor, act: AuditAct, previous: String, hash: String? = nil
    ) {
        (self.sequence, self.at, self.actor, self.act, self.previous) = (sequence, at, actor, act, previous)
        self.hash = hash ?? Self.hash(of: Self.members(sequence, at, actor, act, previous))
    }

    public var json: JSONObject {
        var members = Self.members(sequence, at, actor, act, previous)
        members["hash"] = .string(hash)
        return members
    }

    /// Whether the hash is that of the other members.
    var isWhole: Bool { hash == Self.hash(of: Self.members(sequence, at, actor, act, previous)) }

    /// Reads what `json` is; nil for anything else.
    public init?(json: JSONValue) {
        guard let sequence = json["sequence"]?.integer, let at = json["at"]?.string.flatMap(Timestamp.init(rfc3339:)),
            let actor = json["actor"]?.string, let action = json["action"]?.string,
            let object = json["object"]?.string,
            let outcome = json["outcome"]?.string.flatMap(AuditAct.Outcome.init),
            let details = json["details"]?.object, let previous = json["previous"]?.string,
            let hash = json["hash"]?.string
        else { return nil }
        self.init(
            sequence: sequence, at: at, actor: AuditActor(id: actor, key: json["key"]?.string),
            act: AuditAct(action, object, outcome, details: details), previous: previous, hash: hash)
    }

    private static func members(
        _ sequence: Int64, _ at: Timestamp, _ actor: AuditActor, _ act: AuditAct, _ previous: String
    ) -> JSONObject {
        [
            "sequence": .integer(sequence), "at": .string(at.rfc3339), "actor": .string(actor.id),
            "key": actor.key.map(JSONValue.string) ?? .null, "action": .string(act.action),
            "object": .string(act.object), "outcome": .string(act.outcome.rawValue), "details": .object(act.details),
            "previous": .string(previous),
        ]
    }

    private static func hash(of members: JSONObject) -> String { SHA256.hash(JSONValue.object(members).canonical).hex }
}

/// Follows a log from its first record and finds the first that does not belong.
public struct AuditChain: Sendable {
    /// How many records were right.
    public private(set) var count: Int64 = 0
    /// The hash of the last of them.
    public private(set) var link = AuditRecord.origin

    public init() {}

    /// - Returns: What is wrong with the record, for people; nil where it is the next one.
    public mutating func follow(_ record: AuditRecord) -> String? {
        guard record.sequence == count + 1 else { return "record \(count + 1) is missing: \(record.sequence) follows" }
        guard record.isWhole else { return "record \(record.sequence) was changed: its hash is of something else" }
        guard record.previous == link else {
            return "record \(record.sequence) does not follow the one before it"
        }
        count = record.sequence
        link = record.hash
        return nil
    }
}
