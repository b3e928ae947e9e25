import AccessKeys
import Arguments
import Configuration
import Foundations
import JSON
import Logging
import Sessions

/// Keys and the audit log, of a running server or of the catalog of this machine.
enum AccessDesk: Sendable {
    case server(ServerClient)
    case local(KeyService)

    static let options: [Option] =
        [ServerURL.option] + localOptions + [Configuration.fileOption]

    private static let localOptions = [ServerKeys.data.declaration.option, ServerKeys.catalog.declaration.option]

    /// Who changes the catalog of this machine from its command line.
    private static let owner = Caller(id: "command-line", tenant: "local", roles: [.admin])

    init(_ invocation: Invocation) async throws(Failure) {
        if let url = try ServerURL.given(invocation, against: Self.localOptions) {
            self = .server(try ServerClient(url: url))
        } else {
            let store = try await Registry.open(try Configuration.read(invocation)).store
            self = .local(KeyService(store: store, ring: try await KeyRing.open(store: store, logger: .silent)))
        }
    }

    func create(_ wish: KeyWish) async throws(Failure) -> JSONValue {
        switch self {
        case .server(let client): return try await client.json("POST", "/v1/keys", body: .object(wish.json))
        case .local(let service):
            let (key, token) = try await service.create(wish, caller: Self.owner)
            var members = key.json(at: .now)
            members["token"] = .string(token.text)
            return .object(members)
        }
    }

    func keys() async throws(Failure) -> [JSONValue] {
        switch self {
        case .server(let client): return try await client.json("GET", "/v1/keys")["keys"]?.array ?? []
        case .local(let service):
            return try await service.keys(caller: Self.owner).map { .object($0.json(at: .now)) }
        }
    }

    func key(_ id: String) async throws(Failure) -> JSONValue {
        switch self {
        case .server(let client): return try await client.json("GET", ServerClient.target(["v1", "keys", id]))
        case .local(let service): return .object(try await service.key(id, caller: Self.owner).json(at: .now))
        }
    }

    func revoke(_ id: String, reason: String) async throws(Failure) -> JSONValue {
        switch self {
        case .server(let client):
            return try await client.json(
                "DELETE", ServerClient.target(["v1", "keys", id], query: [("reason", reason)]))
        case .local(let service):
            return .object(try await service.revoke(id, reason: reason, caller: Self.owner).json(at: .now))
        }
    }

    func audit(_ filter: AuditFilter, after: Int64, limit: Int) async throws(Failure) -> [AuditRecord] {
        switch self {
        case .server(let client):
            let answer = try await client.json(
                "GET",
                ServerClient.target(
                    ["v1", "audit"],
                    query: [
                        ("cursor", "\(after)"), ("limit", "\(limit)"), ("actor", filter.actor),
                        ("action", filter.action), ("object", filter.object), ("outcome", filter.outcome?.rawValue),
                    ]))
            return try (answer["records"]?.array ?? []).map { (json) throws(Failure) in
                guard let record = AuditRecord(json: json) else {
                    throw Failure(.internal, "the server's audit log has a record of another form")
                }
                return record
            }
        case .local(let service):
            return try await service.audit(filter, after: after, limit: limit, caller: Self.owner)
        }
    }
}
