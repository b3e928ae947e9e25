import DockerGym
import Foundations
import HTTP
import MCP
import OpenEnv
import REST
import Reactor
import WebSocketAPI

/// Which door a request is for: `/v1`, `/openenv` and `/metrics` are always there, the rest is the root's.
@Reactor
struct Doors: Sendable {
    /// Whose API the root has.
    enum Root: Sendable, Equatable {
        case none
        case dockerGym
        case openEnv(String)

        /// - Throws: `invalid_argument` for anything but `none`, `dockergym` and `openenv:ENVIRONMENT`.
        init(_ text: String) throws(Failure) {
            switch text {
            case "none": self = .none
            case "dockergym": self = .dockerGym
            case _ where text.hasPrefix("openenv:") && text.count > 8: self = .openEnv(String(text.dropFirst(8)))
            default:
                throw Failure(
                    .invalidArgument, "there is no door \"\(text)\"", next: "use dockergym, openenv:ENVIRONMENT or none"
                )
            }
        }
    }

    let api: RESTAPI
    let sockets: WebSocketDoor
    let openEnv: OpenEnvDoor
    let mcp: MCPDoor
    let dockerGym: DockerGymDoor?
    let root: Root

    func handle(_ request: HTTPRequest) async -> HTTPResponse {
        let path = request.path
        if path == "/v1" || path.hasPrefix("/v1/") || path == "/metrics" {
            if path == "/v1/ws" { return await sockets.handle(request) }
            if MCPDoor.isForMCP(path) { return await mcp.handle(request) }
            return await api.handle(request)
        }
        if path.hasPrefix("/openenv/") { return await openEnv.handle(request, root: nil) }
        if case .openEnv(let environment) = root { return await openEnv.handle(request, root: environment) }
        if let dockerGym { return await dockerGym.handle(request) }
        return await api.handle(request)
    }

    nonisolated init(
        api: RESTAPI, sockets: WebSocketDoor, openEnv: OpenEnvDoor, mcp: MCPDoor, dockerGym: DockerGymDoor?, root: Root
    ) {
        self.api = api
        self.sockets = sockets
        self.openEnv = openEnv
        self.mcp = mcp
        self.dockerGym = dockerGym
        self.root = root
    }
}
