import Foundations

/// Who makes a call.
public struct Caller: Sendable {
    /// What a caller may do in a namespace. `admin` implies all; each other one implies `viewer` and nothing else, so
    /// that whoever publishes does not approve.
    public enum Role: String, Sendable, CaseIterable {
        /// Finds and reads environments, and the sessions of its tenant.
        case viewer
        /// Makes sessions and owns them.
        case runner
        /// Publishes versions, and changes those of namespaces that it owns.
        case publisher
        /// Decides about versions that others published.
        case reviewer
        /// Everything; in all namespaces: also for every tenant, with keys and the audit log.
        case admin
    }

    /// Names sessions, versions and namespaces as theirs. Several keys may have one.
    public let id: String
    public let tenant: String
    /// The public part of the key that was shown; nil where there is none.
    public let key: String?
    public let grants: RoleGrants
    /// Whether it also acts in the sessions of its tenant that others made.
    public let actsForTenant: Bool
    /// Nil for callers that nothing can be taken from, such as the server itself.
    public let standing: (any CallerStanding)?

    public init(
        id: String, tenant: String, grants: RoleGrants, actsForTenant: Bool = false, key: String? = nil,
        standing: (any CallerStanding)? = nil
    ) {
        self.id = id
        self.tenant = tenant
        self.grants = grants
        self.actsForTenant = actsForTenant
        self.key = key
        self.standing = standing
    }

    /// A caller with roles in all namespaces.
    public init(id: String, tenant: String, roles: Set<Role>) {
        self.init(id: id, tenant: tenant, grants: RoleGrants(everywhere: roles))
    }

    /// The caller of a server without keys that listens on loopback only.
    public static let local = Caller(id: "local", tenant: "local", roles: [.admin])
}

/// Two callers are the same where they may do the same, whatever key they show.
extension Caller: Hashable {
    public static func == (left: Caller, right: Caller) -> Bool {
        left.id == right.id && left.tenant == right.tenant && left.grants == right.grants
            && left.actsForTenant == right.actsForTenant
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(tenant)
    }
}

/// What is behind a caller: whether it still counts, and who wants to know what it was refused.
public protocol CallerStanding: Sendable {
    /// Counts one request.
    ///
    /// - Throws: `unauthenticated` once the key is revoked or has expired, `resource_exhausted` beyond its rate.
    func admit() throws(Failure)
    /// Whether `admit` would throw `unauthenticated`.
    var isOver: Bool { get }
    func refused(_ what: String, caller: Caller)
}

extension Caller {
    public func has(_ role: Role, in namespace: String) -> Bool { grants.has(role, in: namespace) }

    /// Whether it has the role in one namespace at least.
    public func has(_ role: Role) -> Bool { grants.has(role) }

    /// Whether it is admin of all namespaces, and so of the server.
    public var isAdmin: Bool { grants.everywhere.contains(.admin) }

    /// - Parameter object: What it was about to act on, for the message.
    /// - Throws: `permission_denied` unless it has one of the roles in the namespace.
    public func require(_ roles: [Role], in namespace: String, for object: String) throws(Failure) {
        guard roles.contains(where: { has($0, in: namespace) }) else { throw denied(object, needs: roles, namespace) }
    }

    /// - Throws: `permission_denied` unless it has the role in the namespace.
    public func require(_ role: Role, in namespace: String, for object: String) throws(Failure) {
        try require([role], in: namespace, for: object)
    }

    /// - Throws: `permission_denied` unless it is admin of all namespaces.
    public func requireAdmin(for object: String) throws(Failure) {
        guard isAdmin else { throw denied(object, needs: [.admin], nil) }
    }

    /// - Throws: `permission_denied` unless it has one of the roles in some namespace.
    public func requireSomewhere(_ roles: [Role], for object: String) throws(Failure) {
        guard roles.contains(where: has) else { throw denied(object, needs: roles, nil) }
    }

    private func denied(_ object: String, needs roles: [Role], _ namespace: String?) -> Failure {
        let names = roles.map(\.rawValue).joined(separator: " or ")
        let place = namespace.map { $0.isEmpty ? "" : " in `\($0)`" } ?? ""
        return denied("\(object): \(id) is not \(names)\(place)", next: "use a key with the role \(names)\(place)")
    }

    /// A refusal, which whoever keeps track of them is told.
    public func denied(_ message: String, next: String) -> Failure {
        standing?.refused(message, caller: self)
        return Failure(.permissionDenied, message, next: next)
    }

    /// - Throws: What `CallerStanding.admit` throws.
    public func admit() throws(Failure) { try standing?.admit() }

    /// Whether its key counts no more.
    public var isOver: Bool { standing?.isOver ?? false }
}

/// What a caller may do with one session.
public enum Grant: Int, Sendable, Comparable {
    case watcher, agent, owner

    public static func < (left: Grant, right: Grant) -> Bool { left.rawValue < right.rawValue }
}

extension Caller {
    /// The most this caller may do with a session; nil for a stranger.
    ///
    /// - Parameters:
    ///   - owner: The id of the caller that made it.
    ///   - environment: The reference of its version.
    public func grant(onSessionOf owner: String, tenant: String, environment: String) -> Grant? {
        if isAdmin { return .owner }
        guard tenant == self.tenant else { return nil }
        let needed: Role = owner == id ? .runner : .admin
        if grants.everywhere.contains(needed) { return .owner }
        let namespace = Self.namespace(of: environment)
        if has(needed, in: namespace) { return .owner }
        guard has(.viewer, in: namespace) else { return nil }
        return actsForTenant ? .agent : .watcher
    }

    /// `classic` of `classic/CartPole@1.0.0`; empty where it names none.
    public static func namespace(of reference: String) -> String {
        let name = reference.prefix { $0 != "@" }
        return name.firstIndex(of: "/").map { String(name[..<$0]) } ?? ""
    }
}
