import Digest
import Foundations
import JSON
import Sessions
import YAML

/// The callers of a server: a YAML file that names each with the SHA-256 of its key, never the key itself.
///
///     keys:
///       - {id: alice, tenant: research, roles: [owner], sha256: 9f86d081…}
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
        let known = ["id", "tenant", "roles", "sha256"]
        for key in entry.object?.keys ?? [] where !known.contains(key) {
            throw node.mark.failure("there is no field `\(key)`; known are \(known.joined(separator: ", "))")
        }
        guard let id = entry["id"]?.string, !id.isEmpty,
            let digest = entry["sha256"]?.string.flatMap({ Digest32(hex: $0) }),
            let names = entry["roles"]?.array
        else {
            throw node.mark.failure("a key needs id, roles, and sha256 in 64 hexadecimal digits")
        }
        var roles: Set<Caller.Role> = []
        for name in names {
            guard let role = name.string.flatMap(Caller.Role.init) else {
                let all = Caller.Role.allCases.map(\.rawValue).joined(separator: ", ")
                throw node.mark.failure("\(name) is no role; roles are \(all)")
            }
            roles.insert(role)
        }
        return (digest, Caller(id: id, tenant: entry["tenant"]?.string ?? id, roles: roles))
    }
}
