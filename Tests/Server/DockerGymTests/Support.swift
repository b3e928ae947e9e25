import Foundations
import HTTP
import JSON
import Manifests
import Metrics
import REST
import Reactor
import ScriptedSessions
import Sessions
import Spaces
import Synchronization
import Workers

@testable import DockerGym

/// The door over scripted sessions, called without sockets.
@Reactor
final class Bench {
    let scripted: ScriptedService
    let door: DockerGymDoor

    init(maxSessions: Int = 8, instances: String = "", access: Access = Access(keys: nil, isLoopback: true)) throws {
        scripted = try ScriptedService(maxSessions: maxSessions)
        let text = Space.text(try Space.Text(minimum: 0))
        scripted.source.spaces = SessionSpaces(observation: text, action: text)
        scripted.source.prepare = { host in
            host.answer = { call throws(HostProblem) in
                if case .reset = call { return .scripted(#""start""#, reward: nil, info: #"{"look":"around"}"#) }
                return .scripted(#""next""#, reward: 0.5)
            }
        }
        let metrics = MetricsRegistry()
        door = DockerGymDoor(
            service: scripted.service, offer: InstanceOffer(try entry(instances)),
            information: .init(title: "T", version: "9"), access: access,
            journal: RequestJournal(metrics: metrics, logger: .silent), logger: .silent)
    }

    func call(
        _ method: String, _ target: String, _ body: String = "", headers: [(String, String)] = [],
        gone: @escaping @Sendable () -> Bool = { false }
    ) async -> Answer {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let request = HTTPRequest(
            method: method, path: parts[0], rawQuery: parts.count > 1 ? parts[1] : "",
            headers: HTTPHeaders([("Host", "localhost:1")] + headers), body: Array(body.utf8), connectionEnded: gone)
        return Answer(response: await door.handle(request))
    }

    /// Creates a session and returns its id.
    func session() async throws -> String {
        let answer = await call("POST", "/sessions", #"{"env_id":"a"}"#)
        guard let id = answer.json["session_id"]?.string else { throw Failure(.internal, answer.text) }
        return id
    }

    func step(_ id: String) async -> Answer { await call("POST", "/sessions/\(id)/step", #"{"action":"go"}"#) }

    var host: ScriptedHost { scripted.source.hosts[scripted.source.hosts.count - 1] }
}

/// An environment that a scripted authority knows.
func entry(_ more: String = "") throws(Failure) -> ManifestFolder.Entry {
    let manifest = try Manifest(
        parsing: """
            manifest: 1
            name: test/Scripted
            version: 1.0.0
            launch: {process: {command: [worker], protocol: 1}}
            \(more)
            """, file: "environment.yaml")
    return ManifestFolder.Entry(manifest: manifest, directory: "/nowhere", digest: String(repeating: "0", count: 64))
}

struct Answer {
    let response: HTTPResponse

    var status: Int { response.status }
    var text: String { String(decoding: response.body, as: UTF8.self) }
    var json: JSONValue { (try? JSONValue(parsing: response.body)) ?? .null }
    var code: String? { json["error_code"]?.string }
    var detail: String? { json["detail"]?.string }
}
