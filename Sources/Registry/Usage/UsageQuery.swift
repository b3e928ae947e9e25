import Foundations
import JSON

/// Which events count, and what they are summed up by.
public struct UsageQuery: Sendable, Hashable {
    public enum Group: String, Sendable, CaseIterable {
        case environment, digest, caller, tenant, backend, outcome
        /// The day on which it was over, in UTC.
        case day
    }

    public var groups: [Group]
    /// Over at this time or later, and before that.
    public var since: Timestamp?
    public var until: Timestamp?
    /// `namespace/name`, with all its versions, or an exact version.
    public var environment: String?
    public var caller: String?
    /// Nil: of all tenants.
    public var tenant: String?

    public init(groups: [Group] = [.environment]) { self.groups = groups }
}

/// Sums of the events of one group.
public struct UsageSummary: Sendable, Hashable {
    /// By the group's names.
    public let keys: [String]
    public let sessions: Int
    /// Sessions that failed.
    public let failures: Int
    public let episodes: Int
    public let steps: Int
    /// Of episodes; nil where none gave rewards.
    public let meanReturn: Double?
    /// Of sessions, in seconds.
    public let sessionSeconds: Double
    public let processorSeconds: Double

    public func json(_ groups: [UsageQuery.Group]) -> JSONObject {
        var members = JSONObject(zip(groups, keys).map { ($0.rawValue, .string($1)) })
        for (name, count) in [
            ("sessions", sessions), ("failures", failures), ("episodes", episodes), ("steps", steps),
        ] {
            members[name] = .integer(Int64(count))
        }
        members["mean_return"] = meanReturn.map(JSONValue.number) ?? .null
        members["session_seconds"] = .number(sessionSeconds)
        members["cpu_seconds"] = .number(processorSeconds)
        return members
    }
}
