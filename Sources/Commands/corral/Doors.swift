import DockerGym
import HTTP
import REST
import Reactor
import WebSocketAPI

/// Which door a request is for: `/v1` and `/metrics` are always there, the rest is the root's.
@Reactor
struct Doors: Sendable {
    let api: RESTAPI
    let sockets: WebSocketDoor
    let root: DockerGymDoor?

    func handle(_ request: HTTPRequest) async -> HTTPResponse {
        if request.path == "/v1/ws" { return await sockets.handle(request) }
        let isOurs = request.path == "/v1" || request.path.hasPrefix("/v1/") || request.path == "/metrics"
        guard !isOurs, let root else { return await api.handle(request) }
        return await root.handle(request)
    }

    nonisolated init(api: RESTAPI, sockets: WebSocketDoor, root: DockerGymDoor?) {
        self.api = api
        self.sockets = sockets
        self.root = root
    }
}
