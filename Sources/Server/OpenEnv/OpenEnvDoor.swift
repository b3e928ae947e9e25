import Foundations
import HTTP
import JSON
import Logging
import REST
import Reactor
import Sessions
import WebSocket

/// OpenEnv's API below `/openenv/{environment}`, or at the root for one environment. Translates, and holds no rules.
///
/// Both wire versions, openenv-core 0.3.0 and openenv 0.10.0: see `docs/openenv.md`.
@Reactor
public final class OpenEnvDoor {
    let service: SessionService
    let environments: any EnvironmentDirectory
    let hub: WebSocketHub
    /// Sessions made by `openenv/session/create`, and whether a WebSocket has each.
    var held: [UniqueID: HeldSession] = [:]
    private let access: Access
    private let journal: RequestJournal
    private let logger: Logger
    private var spaces: [String: SessionSpaces] = [:]

    public init(
        service: SessionService, environments: any EnvironmentDirectory, hub: WebSocketHub, access: Access,
        journal: RequestJournal, logger: Logger
    ) {
        self.service = service
        self.environments = environments
        self.hub = hub
        self.access = access
        self.journal = journal
        self.logger = logger
    }

    /// - Parameter root: The environment that has the root; nil where the path names one behind `/openenv/`.
    public func handle(_ request: HTTPRequest, root: String?) async -> HTTPResponse {
        await journal.record(request) { id, operation in
            guard let route = OpenEnvRoute(request.path, root: root) else { return .detail(404, "Not Found") }
            operation = "openenv.\(String(describing: route.operation).prefix { $0 != "(" })"
            guard route.methods.contains(request.method) else {
                var response = HTTPResponse.detail(405, "Method Not Allowed")
                response.headers.append(("Allow", route.methods.joined(separator: ", ")))
                return response
            }
            do throws(Failure) {
                let caller = try self.access.caller(of: request)
                return try await self.run(route, request, caller, requestID: id)
            } catch {
                if error.code == .internal {
                    self.logger.with(requestID: id).log(.error, "request failed", failure: error)
                }
                return .openEnv(error)
            }
        }
    }

    private func run(
        _ route: OpenEnvRoute, _ request: HTTPRequest, _ caller: Caller, requestID: String
    ) async throws(Failure) -> HTTPResponse {
        let description = try await environments.find(route.environment, caller: caller)
        let name = Self.shortName(description)
        switch route.operation {
        case .health: return .json(["status": "healthy"])
        case .document: return .json(OpenEnvDocument.openAPI)
        case .metadata: return .json(Self.metadata(description))
        case .schema:
            let spaces = try await spaces(of: route.environment, description, caller)
            return .json(OpenEnvValues.schemas(spaces))
        case .state: return .json(["episode_id": nil, "step_count": 0])
        case .list: return .json([.string(name)])
        case .splits(let named):
            _ = try Self.tasks(of: description, named)
            return .json([["name": "instances", "type": "validation"]])
        case .tasks(let call, let named): return try tasks(call, request, description, named)
        case .reset: return try await resetOnce(request, route.environment, caller)
        case .step: return try await stepOnce(request, route.environment, caller)
        case .mcp where request.method == "GET", .socket:
            return try openSocket(route, request, caller, requestID: requestID)
        case .mcp:
            return .json(await rpc(request.body, environment: route.environment, caller: caller))
        }
    }

    private nonisolated static func shortName(_ description: JSONValue) -> String {
        let name = description["name"]?.string ?? ""
        return name.split(separator: "/").last.map(String.init) ?? name
    }

    private nonisolated static func metadata(_ description: JSONValue) -> JSONValue {
        let authors = description["manifest"]?["authors"]?.array?.compactMap { $0["name"]?.string ?? $0.string } ?? []
        let text = description["description"]?.string ?? ""
        return [
            "name": .string(shortName(description)),
            "description": .string(text.isEmpty ? description["title"]?.string ?? shortName(description) : text),
            "readme_content": nil, "version": description["version"] ?? nil,
            "author": authors.isEmpty ? nil : .string(authors.joined(separator: ", ")),
            "documentation_url": description["manifest"]?["homepage"] ?? nil,
        ]
    }

    /// What only a session knows is asked of one, once for each version.
    private func spaces(
        of environment: String, _ description: JSONValue, _ caller: Caller
    ) async throws(Failure) -> SessionSpaces {
        let digest = description["digest"]?.string ?? environment
        if let known = spaces[digest] { return known }
        let found = try await withSession(environment, instance: nil, caller) { (session) throws(Failure) in
            try self.service.summary(session, caller: caller).spaces
        }
        guard let found else { throw Failure(.internal, "the session has no spaces") }
        if spaces.count >= 1024 { spaces = [:] }
        spaces[digest] = found
        return found
    }
}
