import AccessKeys
import Foundations
import HTTP
import Logging
import Metrics
import REST
import Reactor
import ScriptedSessions
import Sessions
import TestSupport
import WebSocket

@testable import WebSocketAPI

/// A server with scripted sessions behind `/v1/ws`.
final class Bench: Sendable {
    let scripted: ScriptedService
    let hub: WebSocketHub
    let server: HTTPServer
    var port: Int { server.boundPort ?? 0 }

    @Reactor
    init(maxSessions: Int = 8, keys: [String: Caller]? = nil, limits: WebSocketLimits = WebSocketLimits()) throws {
        let scripted = try ScriptedService(maxSessions: maxSessions)
        let metrics = MetricsRegistry()
        let hub = WebSocketHub(limits: limits)
        let door = WebSocketDoor(
            service: scripted.service, hub: hub,
            access: Access(keys: try keys.map { try KeyRing($0) }, isLoopback: true), metrics: metrics,
            journal: RequestJournal(metrics: metrics, logger: .silent))
        let configuration = HTTPServerConfiguration(listeners: [.tcp(host: "127.0.0.1", port: 0)])
        server = HTTPServer(configuration: configuration, start: { work in Task { @Reactor in await work() } }) {
            await door.handle($0)
        }
        (self.scripted, self.hub) = (scripted, hub)
        try server.start()
    }

    func stop() async {
        await hub.drain(grace: .zero)
        await server.stop(grace: .zero)
        await scripted.service.drain()
    }

    /// Creates a session that is reset, and returns its id.
    @Reactor
    func session() async throws -> String { "\(try await scripted.create { $0.reset = true }.summary.id)" }

    @Reactor
    func host(_ number: Int = 0) -> ScriptedHost { scripted.source.hosts[number] }
}

/// A bench while `body` runs.
func withBench<Result>(
    maxSessions: Int = 8, keys: [String: Caller]? = nil, limits: WebSocketLimits = WebSocketLimits(),
    _ body: (Bench) async throws -> Result
) async throws -> Result {
    let bench = try await Bench(maxSessions: maxSessions, keys: keys, limits: limits)
    do {
        let result = try await body(bench)
        await bench.stop()
        return result
    } catch {
        await bench.stop()
        throw error
    }
}

/// A client that one blocking closure after the other uses.
final class Peer: @unchecked Sendable {
    private let peer: WebSocketPeer

    init(_ bench: Bench, headers: [String] = [], receiveBuffer: Int32? = nil) async throws {
        let port = bench.port
        peer = try await blocking {
            Unchecked(
                value: try WebSocketPeer(port: port, path: "/v1/ws", headers: headers, receiveBuffer: receiveBuffer))
        }.value
    }

    var answer: RawClient.Answer { peer.answer }

    func send(_ text: String) { peer.send(text) }
    func send(_ first: UInt8, _ payload: [UInt8]) { peer.send(first, payload) }
    func next() async throws -> WebSocketPeer.Frame { try await blocking { try self.peer.next() } }

    func ask(_ text: String) async throws -> String {
        send(text)
        return try await next().text
    }
}

struct Unchecked<Value>: @unchecked Sendable { let value: Value }
