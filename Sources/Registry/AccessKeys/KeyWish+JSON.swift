import Foundations
import JSON
import Sessions

extension KeyWish {
    /// The members that requests have.
    public static let fields = ["caller", "tenant", "roles", "acts_for_tenant", "rate", "note", "expires_at"]

    /// Reads the members of `fields`; others are left alone.
    ///
    /// - Throws: `invalid_argument` naming the field.
    public init(json: JSONValue) throws(Failure) {
        func member<Value>(_ name: String, _ kind: String, _ read: (JSONValue) -> Value?) throws(Failure) -> Value? {
            guard let given = json[name], given != .null else { return nil }
            guard let value = read(given) else {
                throw Failure(.invalidArgument, "\(name) has to be \(kind)", details: ["field": name])
            }
            return value
        }
        guard let caller = try member("caller", "a text", \.string) else {
            throw Failure(.invalidArgument, "the field \"caller\" is missing", details: ["field": "caller"])
        }
        guard let roles = json["roles"] else {
            throw Failure(
                .invalidArgument, "the field \"roles\" is missing",
                next: #"write ["runner"], or {"classic": ["runner"]}"#, details: ["field": "roles"])
        }
        var rate: RateLimit?
        if let given = json["rate"], given != .null { rate = try RateLimit(json: given) }
        try self.init(
            caller: caller, tenant: try member("tenant", "a text", \.string), grants: try RoleGrants(json: roles),
            actsForTenant: try member("acts_for_tenant", "true or false", \.bool) ?? false, rate: rate,
            note: try member("note", "a text", \.string) ?? "",
            expiresAt: try member("expires_at", "a time such as 2027-01-31 or 2027-01-31T12:00:00Z") {
                $0.string.flatMap(Timestamp.init(rfc3339:))
            })
    }

    /// As `init(json:)` reads it.
    public var json: JSONObject {
        [
            "caller": .string(caller), "tenant": .string(tenant), "roles": grants.json,
            "acts_for_tenant": .bool(actsForTenant), "rate": rate?.json ?? .null, "note": .string(note),
            "expires_at": expiresAt.map { .string($0.rfc3339) } ?? .null,
        ]
    }
}
