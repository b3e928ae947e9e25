import Foundations
import JSON
import Manifests

extension RoleGrants {
    /// Reads `["runner"]`, for all namespaces, or `{"classic": ["runner"], "*": ["viewer"]}`.
    ///
    /// - Throws: `invalid_argument` for what is neither, names no role, or no namespace.
    public init(json: JSONValue) throws(Failure) {
        var grants: [String: Set<Caller.Role>] = [:]
        if json.array != nil {
            grants[Self.allNamespaces] = try Self.roles(json)
        } else {
            guard let members = json.object else { throw Self.malformed }
            for (text, roles) in members {
                let namespace = try Self.namespace(text)
                grants[namespace] = try Self.roles(roles)
            }
        }
        self.init(grants)
    }

    /// Reads `runner` or `runner@classic`, several of them together.
    ///
    /// - Throws: `invalid_argument`.
    public init(texts: [String]) throws(Failure) {
        var grants: [String: Set<Caller.Role>] = [:]
        for text in texts {
            let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let namespace = parts.count > 1 ? try Self.namespace(parts[1]) : Self.allNamespaces
            let role = try Caller.Role(checking: parts[0])
            grants[namespace, default: []].insert(role)
        }
        self.init(grants)
    }

    /// As `init(json:)` reads it; sorted.
    public var json: JSONValue {
        let lists = given.sorted { $0.key < $1.key }.map { namespace, roles in
            (namespace, JSONValue.array(roles.map(\.rawValue).sorted().map(JSONValue.string)))
        }
        guard lists.count == 1, lists[0].0 == Self.allNamespaces else { return .object(JSONObject(lists)) }
        return lists[0].1
    }

    private static func roles(_ json: JSONValue) throws(Failure) -> Set<Caller.Role> {
        guard let names = json.array else { throw malformed }
        var roles: Set<Caller.Role> = []
        for name in names {
            guard let name = name.string else { throw malformed }
            let role = try Caller.Role(checking: name)
            roles.insert(role)
        }
        return roles
    }

    private static func namespace(_ text: String) throws(Failure) -> String {
        guard text == allNamespaces || EnvironmentName("\(text)/name")?.namespace == text else {
            throw Failure(
                .invalidArgument, "`\(text.prefix(100))` is no namespace", next: "name one, or * for all",
                details: ["field": "roles"])
        }
        return text
    }

    private static var malformed: Failure {
        Failure(
            .invalidArgument, "roles have to be a list of names, or such lists by namespace",
            next: #"write ["runner"], or {"classic": ["runner"]}"#, details: ["field": "roles"])
    }
}

extension Caller.Role {
    /// - Throws: `invalid_argument` with the roles that there are.
    public init(checking name: String) throws(Failure) {
        guard let role = Self(rawValue: name) else {
            let all = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure(
                .invalidArgument, "\(name.prefix(100)) is no role", next: "roles are \(all)",
                details: ["field": "roles"])
        }
        self = role
    }
}
