import Digest
import Foundations
import JSON
import Sessions

/// What a key says about whoever shows it. The key itself is never kept, only its digest.
public struct AccessKey: Sendable, Hashable {
    public enum State: String, Sendable, CaseIterable { case active, expired, revoked }

    /// Public: the part of the key that names it, 16 hexadecimal digits.
    public let id: String
    /// SHA-256 of the whole key.
    public let digest: Digest32
    public let wish: KeyWish
    public let createdAt: Timestamp
    public let createdBy: String
    public var revocation: Revocation?

    public struct Revocation: Sendable, Hashable {
        public let at: Timestamp
        public let by: String
        public let reason: String

        public init(at: Timestamp, by: String, reason: String) {
            (self.at, self.by, self.reason) = (at, by, reason)
        }
    }

    public init(
        id: String, digest: Digest32, wish: KeyWish, createdAt: Timestamp, createdBy: String,
        revocation: Revocation? = nil
    ) {
        (self.id, self.digest, self.wish) = (id, digest, wish)
        (self.createdAt, self.createdBy, self.revocation) = (createdAt, createdBy, revocation)
    }

    /// The id of the caller that shows it.
    public var caller: String { wish.caller }

    public func state(at time: Timestamp) -> State {
        if revocation != nil { return .revoked }
        if let end = wish.expiresAt, end <= time { return .expired }
        return .active
    }

    /// All but the digest.
    public func json(at time: Timestamp) -> JSONObject {
        var members: JSONObject = ["id": .string(id)]
        for (key, value) in wish.json { members[key] = value }
        members["state"] = .string(state(at: time).rawValue)
        members["created_at"] = .string(createdAt.rfc3339)
        members["created_by"] = .string(createdBy)
        members["revoked_at"] = revocation.map { .string($0.at.rfc3339) } ?? .null
        members["revoked_by"] = revocation.map { .string($0.by) } ?? .null
        members["revoked_because"] = revocation.map { .string($0.reason) } ?? .null
        return members
    }
}

/// What a new key is to say.
public struct KeyWish: Sendable, Hashable {
    public let caller: String
    public let tenant: String
    public let grants: RoleGrants
    public let actsForTenant: Bool
    public let rate: RateLimit?
    public let note: String
    public let expiresAt: Timestamp?

    /// - Parameter tenant: Nil: the caller's own.
    /// - Throws: `invalid_argument` for names that are empty or too long, and for a key without roles.
    public init(
        caller: String, tenant: String? = nil, grants: RoleGrants, actsForTenant: Bool = false, rate: RateLimit? = nil,
        note: String = "", expiresAt: Timestamp? = nil
    ) throws(Failure) {
        for (field, text) in [("caller", caller), ("tenant", tenant ?? caller)] {
            let isPlain = text.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0.value >= 0x20 }
            guard (1...200).contains(text.utf8.count), isPlain else {
                throw Failure(
                    .invalidArgument, "\(field) has to have 1 to 200 bytes without white space",
                    details: ["field": field])
            }
        }
        guard note.utf8.count <= 1000 else {
            throw Failure(.invalidArgument, "note may have up to 1000 bytes", details: ["field": "note"])
        }
        guard !grants.given.isEmpty else {
            throw Failure(
                .invalidArgument, "a key needs a role",
                next: "roles are \(Caller.Role.allCases.map(\.rawValue).joined(separator: ", "))",
                details: ["field": "roles"])
        }
        (self.caller, self.tenant, self.grants) = (caller, tenant ?? caller, grants)
        (self.actsForTenant, self.rate, self.note, self.expiresAt) = (actsForTenant, rate, note, expiresAt)
    }
}
