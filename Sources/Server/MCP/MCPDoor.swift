import Foundations
import HTTP
import JSON
import Logging
import REST
import Reactor
import Sessions

/// A server of the Model Context Protocol over streamable HTTP: an environment's actions as tools.
///
/// At `/v1/mcp/{environment}` each client that initializes gets a session of its own; at `/v1/sessions/{session}/mcp`
/// an agent plays a session that somebody else made, and resets: there also by requests that stand alone.
@Reactor
public final class MCPDoor {
    /// Those with a handshake, newest first; a client that asks for another one is offered the newest.
    nonisolated static let versions = ["2025-11-25", "2025-06-18", "2025-03-26"]

    /// One client, from its `initialize` on.
    struct Client {
        let session: UniqueID
        let caller: Caller
        /// Where the client may call; the path that it initialized at.
        let path: String
        /// Whether the session ends with it.
        let isOwner: Bool
    }

    let service: SessionService
    let version: String
    private let access: Access
    private let journal: RequestJournal
    private let logger: Logger
    private var clients: [String: Client] = [:]

    /// Clients of one server; beyond it those whose sessions are over are forgotten, then new ones refused.
    private nonisolated static let limit = 65_536

    public init(
        service: SessionService, version: String, access: Access, journal: RequestJournal, logger: Logger
    ) {
        self.service = service
        self.version = version
        self.access = access
        self.journal = journal
        self.logger = logger
    }

    /// Where a path leads to; nil where it is none of this door.
    public nonisolated static func isForMCP(_ path: String) -> Bool { Target(path) != nil }

    enum Target: Equatable {
        case environment(String)
        case session(UniqueID)

        init?(_ path: String) {
            let parts = path.split(separator: "/")
            if parts.starts(with: ["v1", "mcp"]), (3...4).contains(parts.count) {
                guard let name = percentDecoded(parts.dropFirst(2).joined(separator: "/")) else { return nil }
                self = .environment(name)
            } else if parts.count == 4, parts.starts(with: ["v1", "sessions"]), parts[3] == "mcp",
                let id = UniqueID(String(parts[2]))
            {
                self = .session(id)
            } else {
                return nil
            }
        }
    }

    public func handle(_ request: HTTPRequest) async -> HTTPResponse {
        await journal.record(request) { id, operation in
            operation = "mcp"
            do throws(Failure) {
                let caller = try self.access.caller(of: request)
                guard let target = Target(request.path) else {
                    throw Failure(.notFound, "there is no \(request.path.prefix(200))")
                }
                return try await self.answer(request, target, caller)
            } catch {
                if error.code == .internal {
                    self.logger.with(requestID: id).log(.error, "request failed", failure: error)
                }
                return .failure(error, requestID: id)
            }
        }
    }

    private func answer(_ request: HTTPRequest, _ target: Target, _ caller: Caller) async throws(Failure)
        -> HTTPResponse
    {
        switch request.method {
        case "POST": return try await post(request, target, caller)
        case "DELETE":
            guard let name = request.header("mcp-session-id"), let client = client(name, request, caller) else {
                return Self.problem(404, nil, -32001, "there is no such session")
            }
            clients[name] = nil
            if client.isOwner { _ = try await service.close(client.session, caller: caller) }
            return HTTPResponse(status: 200)
        default:
            throw Failure(
                .methodNotAllowed, "this server sends no messages of its own", next: "use POST, DELETE",
                details: ["allow": "POST, DELETE"])
        }
    }

    private func post(_ request: HTTPRequest, _ target: Target, _ caller: Caller) async throws(Failure) -> HTTPResponse
    {
        let message: MCPMessage
        do throws(MCPMessage.Problem) {
            switch try MCPMessage.read(request.body) {
            case .answer: return HTTPResponse(status: 202)
            case .call(let call): message = call
            }
        } catch { return Self.problem(400, nil, error.code, error.text) }
        if message.method == "initialize", message.id != nil {
            return try await initialize(message, request, target, caller)
        }
        let version = request.header("mcp-protocol-version")
        if case .session(let session) = target, StatelessRequest.isMeant(message, header: version) {
            return try await alone(message, request, session, caller)
        }
        if let version, !Self.versions.contains(version) { return Self.unspoken(version, message.id, target) }
        guard let name = request.header("mcp-session-id") else {
            return Self.problem(400, message.id, -32600, "the header Mcp-Session-Id is missing: initialize first")
        }
        guard let client = client(name, request, caller) else {
            return Self.problem(404, message.id, -32001, "there is no such session: initialize again")
        }
        guard message.id != nil else { return HTTPResponse(status: 202) }
        if message.method == "ping" { return Self.result(message.id, [:]) }
        switch try await run(message, client) {
        case .result(let result): return Self.result(message.id, .object(result))
        case .problem(let code, let text): return Self.problem(200, message.id, code, text)
        }
    }

    nonisolated static let capabilities: JSONValue = ["tools": ["listChanged": false]]

    var information: JSONValue { ["name": "corral", "title": "Corral", "version": .string(version)] }

    func instructions(_ client: Client) throws(Failure) -> JSONValue {
        let environment = try service.summary(client.session, caller: client.caller).environment
        return .string(
            "You act in the environment \(environment). Call `observe` to see where you are, then `act` until the episode "
                + "has ended.")
    }

    /// The client of that name, if it calls from where it began.
    private func client(_ name: String, _ request: HTTPRequest, _ caller: Caller) -> Client? {
        guard let client = clients[name], client.path == request.path, client.caller == caller else { return nil }
        return client
    }

    private func initialize(
        _ message: MCPMessage, _ request: HTTPRequest, _ target: Target, _ caller: Caller
    ) async throws(Failure) -> HTTPResponse {
        guard let wanted = message.params["protocolVersion"]?.string else {
            return Self.problem(400, message.id, -32602, "protocolVersion is missing")
        }
        try makeRoom()
        let client: Client
        switch target {
        case .session(let id):
            // Asked as the agent that will act, so that a watcher is refused here and not at its first action.
            _ = try service.keepAlive(id, caller: caller)
            client = Client(session: id, caller: caller, path: request.path, isOwner: false)
        case .environment(let name):
            var wish = SessionRequest(environment: name)
            wish.instance = request.query.last { $0.name == "instance" }?.value
            guard let created = try await service.create(wish, caller: caller).first else {
                throw Failure(.internal, "no session was made")
            }
            client = Client(
                session: created.summary.id, caller: caller, path: request.path, isOwner: true)
        }
        let key = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 16) }.joined()
        var response = Self.result(
            message.id,
            [
                "protocolVersion": .string(Self.versions.contains(wanted) ? wanted : Self.versions[0]),
                "capabilities": Self.capabilities, "serverInfo": information, "instructions": try instructions(client),
            ])
        clients[key] = client
        response.headers.append(("Mcp-Session-Id", key))
        return response
    }

    private func makeRoom() throws(Failure) {
        guard clients.count >= Self.limit else { return }
        clients = clients.filter {
            (try? service.summary($0.value.session, caller: $0.value.caller))?.isReachable ?? false
        }
        guard clients.count < Self.limit else {
            throw Failure(.resourceExhausted, "there are \(Self.limit) clients already", next: "try again later")
        }
    }

    nonisolated static func result(_ id: JSONValue?, _ result: JSONValue) -> HTTPResponse {
        .json(["jsonrpc": "2.0", "id": id ?? .null, "result": result])
    }

    nonisolated static func problem(
        _ status: Int, _ id: JSONValue?, _ code: Int64, _ text: String, data: JSONValue? = nil
    ) -> HTTPResponse {
        var error: JSONValue = ["code": .integer(code), "message": .string(text)]
        if let data { error["data"] = data }
        return .json(["jsonrpc": "2.0", "id": id ?? .null, "error": error], status: status)
    }
}
