import Digest
import Foundations
import JSON
import Sessions
import YAML

/// The callers of a server: a YAML file that names each with the SHA-256 of its key, never the key itself.
///
///     keys:
///       - {id: alice, tenant: research, roles: [runner], sha256: 9f86d081…}
///
/// The roles `owner`, `agent` and `watcher` of older files go on working.
public struct KeyFile: Sendable {
    private let callers: [Digest32: Caller]

    /// - Throws: `invalid_argument` naming the line.
    public init(_ path: String) throws(Failure) {
        let root = try YAMLNode(file: path)
        guard let list = root["keys"], case .sequence(let nodes) = list.content else {
            throw root.mark.failure("expected a list under `keys`")
        }
        var callers: [Digest32: Caller] = [:]
        for node in nodes {
            let (digest, caller) = try Self.read(node)
            guard callers.updateValue(caller, forKey: digest) == nil else {
                throw node.mark.failure("the key of \(caller.id) is another caller's too")
            }
        }
        self.callers = callers
    }

    /// The caller of a bearer token; the token is hashed first, so that the comparison tells nothing about it.
    public func caller(of token: String) -> Caller? { callers[SHA256.hash(token)] }

    private static func read(_ node: YAMLNode) throws(Failure) -> (Digest32, Caller) {
        let entry = try node.json()
        let known = ["id", "tenant", "roles", "acts_for_tenant", "sha256"]
        for key in entry.object?.keys ?? [] where !known.contains(key) {
            throw node.mark.failure("there is no field `\(key)`; known are \(known.joined(separator: ", "))")
        }
        guard let id = entry["id"]?.string, !id.isEmpty,
            let digest = entry["sha256"]?.string.flatMap({ Digest32(hex: $0) }),
            let roles = entry["roles"]
        else {
            throw node.mark.failure("a key needs id, roles, and sha256 in 64 hexadecimal digits")
        }
        guard entry["acts_for_tenant"] == nil || entry["acts_for_tenant"]?.bool != nil else {
            throw node.mark.failure("acts_for_tenant has to be true or false")
        }
        let grants: RoleGrants
        do throws(Failure) { grants = try RoleGrants(json: renewed(roles)) } catch {
            throw node.mark.failure("\(error.message); \(error.next)")
        }
        let acts = entry["acts_for_tenant"]?.bool ?? (roles.array?.contains("agent") ?? false)
        return (
            digest,
            Caller(id: id, tenant: entry["tenant"]?.string ?? id, grants: grants, actsForTenant: acts)
        )
    }

    /// The roles of today in place of those that files had before there were namespaces.
    private static func renewed(_ roles: JSONValue) -> JSONValue {
        guard let names = roles.array else { return roles }
        return .array(
            names.flatMap { name -> [JSONValue] in
                switch name.string {
                case "owner": ["runner", "publisher"]
                case "agent", "watcher": ["viewer"]
                default: [name]
                }
            })
    }
}
