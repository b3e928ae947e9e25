import Foundations
import HTTP
import JSON
import Logging
import Manifests
import Metrics
import RLConfigurations
import Reactor
import ScriptedSessions
import Sessions
import TestSupport
import Trajectories

@testable import REST

/// The API over scripted sessions, called without sockets.
@Reactor
final class Bench {
    let scripted: ScriptedService
    let api: RESTAPI
    private let folder: TemporaryDirectory

    init(maxSessions: Int = 8, access: Access = Access(keys: nil, isLoopback: true)) throws {
        scripted = try ScriptedService(maxSessions: maxSessions)
        let manifest = try Manifest(
            parsing: """
                manifest: 1
                name: test/Scripted
                version: 1.0.0
                gymnasium: [Scripted-v1]
                launch: {process: {worker: "worker.py:Worker"}}
                """, file: "environment.yaml")
        let manifests = ManifestFolder([
            .init(manifest: manifest, directory: "/nowhere", digest: String(repeating: "0", count: 64))
        ])
        let metrics = MetricsRegistry()
        folder = try TemporaryDirectory()
        api = RESTAPI(
            service: scripted.service,
            trajectories: try TrajectoryStore(
                path: folder.path, policy: RecordingPolicy(), server: "test", metrics: metrics, logger: .silent),
            environments: ManifestDirectory(manifests), trainingSettings: try Self.settings(),
            information: .init(version: "1.2.3", capabilities: { ["backend": "scripted"] }), access: access,
            metrics: metrics, journal: RequestJournal(metrics: metrics, logger: .silent), logger: .silent)
        api.setAddress("http://127.0.0.1:1")
    }

    private nonisolated static func settings() throws(Failure) -> RLConfigurationTable {
        var table = RLConfigurationTable()
        for (library, epochs) in [("corral", 2), ("sb3", 10)] as [(String, Int64)] {
            try table.register(
                RLConfiguration(
                    environment: "Scripted-v1", library: library, backend: "torch", algorithm: "ppo",
                    values: ["epochs": .integer(epochs)]))
        }
        return table
    }

    func call(
        _ method: String, _ target: String, _ body: String? = nil, headers: [(String, String)] = []
    ) async -> Answer {
        await call(method, target, bytes: body.map { Array($0.utf8) } ?? [], headers: headers)
    }

    func call(
        _ method: String, _ target: String, bytes: [UInt8], headers: [(String, String)] = []
    ) async -> Answer {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let request = HTTPRequest(
            method: method, path: parts[0], rawQuery: parts.count > 1 ? parts[1] : "",
            headers: HTTPHeaders([("Host", "localhost:1")] + headers), body: bytes)
        return Answer(response: await api.handle(request))
    }

    /// Creates a session and returns its id.
    func session(reset: Bool = true) async throws -> String {
        let answer = await call("POST", "/v1/sessions", #"{"environment":"test/Scripted","reset":\#(reset)}"#)
        guard let id = answer.json["id"]?.string else { throw Failure(.internal, answer.text) }
        return id
    }

    var host: ScriptedHost { scripted.source.hosts[scripted.source.hosts.count - 1] }
}

struct Answer {
    let response: HTTPResponse

    var status: Int { response.status }
    var text: String { String(decoding: response.body, as: UTF8.self) }
    var json: JSONValue { (try? JSONValue(parsing: response.body)) ?? .null }
    var code: String? { json["error"]?["code"]?.string }

    func header(_ name: String) -> String? {
        response.headers.first { $0.0.lowercased() == name.lowercased() }?.1
    }
}
