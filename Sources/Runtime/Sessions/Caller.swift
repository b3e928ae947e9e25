import Foundations

/// Who makes a call.
public struct Caller: Sendable, Hashable {
    public enum Role: String, Sendable, CaseIterable {
        /// Everything, for every tenant.
        case admin
        /// Makes sessions and owns them.
        case owner
        /// Steps and renders the tenant's sessions.
        case agent
        /// Reads the tenant's sessions.
        case watcher
    }

    public let id: String
    public let tenant: String
    public let roles: Set<Role>

    public init(id: String, tenant: String, roles: Set<Role>) {
        self.id = id
        self.tenant = tenant
        self.roles = roles
    }

    /// The caller of a server without keys that listens on loopback only.
    public static let local = Caller(id: "local", tenant: "local", roles: [.admin])
}

/// What a caller may do with one session.
public enum Grant: Int, Sendable, Comparable {
    case watcher, agent, owner

    public static func < (left: Grant, right: Grant) -> Bool { left.rawValue < right.rawValue }
}

extension Caller {
    /// The most this caller may do with a session that `owner` of `tenant` made; nil for a stranger.
    public func grant(onSessionOf owner: String, tenant: String) -> Grant? {
        if roles.contains(.admin) { return .owner }
        guard tenant == self.tenant else { return nil }
        if owner == id && roles.contains(.owner) { return .owner }
        if roles.contains(.agent) { return .agent }
        return roles.contains(.watcher) || roles.contains(.owner) ? .watcher : nil
    }

    public var mayCreateSessions: Bool { !roles.isDisjoint(with: [.admin, .owner]) }
}
