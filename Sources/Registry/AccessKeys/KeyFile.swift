import Digest
import Foundations
import JSON
import Sessions
import YAML

/// Keys that an operator lists: a YAML file that names each caller with the SHA-256 of its key, never the key itself.
///
///     keys:
///       - {id: alice, tenant: research, roles: [runner], sha256: 9f86d081…}
///
/// The roles `owner`, `agent` and `watcher` of older files go on working.
public struct KeyFile: Sendable {
    public let keys: [AccessKey]

    private static let fields = [
        "id", "tenant", "roles", "acts_for_tenant", "sha256", "rate", "expires_at", "note",
    ]

    /// - Throws: `invalid_argument` naming the line.
    public init(_ path: String) throws(Failure) {
        let root = try YAMLNode(file: path)
        guard let list = root["keys"], case .sequence(let nodes) = list.content else {
            throw root.mark.failure("expected a list under `keys`")
        }
        var keys: [AccessKey] = []
        var digests: Set<Digest32> = []
        for node in nodes {
            let key = try Self.read(node)
            guard digests.insert(key.digest).inserted else {
                throw node.mark.failure("the key of \(key.caller) is another caller's too")
            }
            keys.append(key)
        }
        self.keys = keys
    }

    private static func read(_ node: YAMLNode) throws(Failure) -> AccessKey {
        let entry = try node.json()
        for key in entry.object?.keys ?? [] where !fields.contains(key) {
            throw node.mark.failure("there is no field `\(key)`; known are \(fields.joined(separator: ", "))")
        }
        guard let id = entry["id"]?.string, !id.isEmpty, let roles = entry["roles"],
            let digest = entry["sha256"]?.string.flatMap({ Digest32(hex: $0) })
        else {
            throw node.mark.failure("a key needs id, roles, and sha256 in 64 hexadecimal digits")
        }
        var members = entry.object ?? [:]
        members["caller"] = .string(id)
        members["roles"] = renewed(roles)
        if members["acts_for_tenant"] == nil, roles.array?.contains("agent") == true {
            members["acts_for_tenant"] = true
        }
        do throws(Failure) {
            // Long enough to tell keys from each other, and not their secret.
            return AccessKey(
                id: String(digest.hex.prefix(16)), digest: digest, wish: try KeyWish(json: .object(members)),
                createdAt: .now, createdBy: "file")
        } catch {
            throw node.mark.failure(error.next.isEmpty ? error.message : "\(error.message); \(error.next)")
        }
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
