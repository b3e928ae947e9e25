/// A set of roles, with those that they imply.
public struct Roles: OptionSet, Sendable, Hashable {
    public private(set) var rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public init(_ roles: some Sequence<Caller.Role>) {
        self.init(rawValue: 0)
        for role in roles {
            if role == .admin { rawValue = .max }
            rawValue |= Roles(role).rawValue | Roles(.viewer).rawValue
        }
    }

    private init(_ role: Caller.Role) {
        switch role {
        case .viewer: self.init(rawValue: 1)
        case .runner: self.init(rawValue: 2)
        case .publisher: self.init(rawValue: 4)
        case .reviewer: self.init(rawValue: 8)
        case .admin: self.init(rawValue: 16)
        }
    }

    public func contains(_ role: Caller.Role) -> Bool { isSuperset(of: Roles(role)) }
}

/// Roles by namespace.
public struct RoleGrants: Sendable, Hashable {
    /// As they were given, by namespace; `*` stands for all.
    public let given: [String: Set<Caller.Role>]
    /// Those in all namespaces.
    let everywhere: Roles
    private let named: [String: Roles]

    /// How a grant for all namespaces is written.
    public static let allNamespaces = "*"

    public init(_ given: [String: Set<Caller.Role>]) {
        self.given = given.filter { !$0.value.isEmpty }
        everywhere = Roles(given[Self.allNamespaces] ?? [])
        var named = self.given.mapValues { Roles($0) }
        named[Self.allNamespaces] = nil
        self.named = named
    }

    public init(everywhere roles: Set<Caller.Role>) { self.init([Self.allNamespaces: roles]) }

    public func has(_ role: Caller.Role, in namespace: String) -> Bool {
        everywhere.contains(role) || named[namespace]?.contains(role) == true
    }

    /// Whether the role is given in one namespace at least.
    public func has(_ role: Caller.Role) -> Bool {
        everywhere.contains(role) || named.values.contains { $0.contains(role) }
    }

    /// The namespaces in which the role is given; nil: in all.
    public func namespaces(with role: Caller.Role) -> [String]? {
        everywhere.contains(role) ? nil : named.filter { $0.value.contains(role) }.map(\.key).sorted()
    }
}
