import Foundations
import JSON
import Sessions
import Trajectories

/// Makes recorded calls again on a server, and has that recorded.
struct ReplayRun {
    /// What it is made again on.
    struct Target: Sendable {
        var environment: String
        var instance: String?
        var parameters: JSONObject
        var rows: RowsOffer?

        /// - Parameter reference: Another version than that of the header.
        init(_ header: TrajectoryHeader, on reference: String? = nil) {
            (environment, instance) = (reference ?? header.reference, header.instance)
            (parameters, rows) = (header.parameters, header.rows)
        }

        init(_ certificate: ReplayCertificate) {
            (environment, instance) = (certificate.environment, certificate.instance)
            (parameters, rows) = (certificate.parameters, certificate.rows)
        }
    }

    private let client: ServerClient
    private let folder: TemporaryFolder

    init(client: ServerClient, folder: TemporaryFolder) { (self.client, self.folder) = (client, folder) }

    /// Steps of rows that are sent together.
    private static let batch = 256

    /// - Returns: The recording, and why it ended early, if it did.
    func run(
        _ calls: CallScript, on target: Target
    ) async throws(Failure) -> (recording: TrajectoryFile, stopped: String?) {
        var body: JSONObject = [
            "environment": .string(target.environment), "params": .object(target.parameters), "reset": false,
            "record": "full", "labels": ["by": "corral replay"],
        ]
        body["instance"] = target.instance.map(JSONValue.string)
        body["rows"] = target.rows.map { .integer(Int64($0.count)) }
        body["autoreset"] = target.rows.map { .string($0.autoreset) }
        let session = try await client.json("POST", "/v1/sessions", body: .object(body))
        guard var id = session["id"]?.string else { throw Failure(.internal, "the server's session has no id") }
        do throws(Failure) {
            let stopped = try await make(
                try calls.requests(), together: max(1, Self.batch / (target.rows?.count ?? 1)), in: &id)
            _ = try await client.json("DELETE", ServerClient.target(["v1", "sessions", id]))
            let path = try await TrajectorySource.fetch(id, from: client, into: folder)
            _ = try await client.json("DELETE", ServerClient.target(["v1", "trajectories", id]))
            return (try TrajectoryFile(path), stopped)
        } catch {
            await drop(id)
            throw error
        }
    }

    /// Leaves nothing of a session.
    private func drop(_ id: String) async {
        _ = try? await client.json("DELETE", ServerClient.target(["v1", "sessions", id]))
        _ = try? await client.json("DELETE", ServerClient.target(["v1", "trajectories", id]))
    }

    /// - Parameter id: Of the session; of a branch of it where random numbers started anew.
    private func make(
        _ requests: [CallScript.Request], together batch: Int, in id: inout String
    ) async throws(Failure) -> String? {
        var steps: [[UInt8]] = []
        for request in requests {
            if case .step(let action) = request {
                steps.append(action)
                if steps.count < batch { continue }
            }
            if let stopped = try await take(&steps, in: id) { return stopped }
            if case .reseed(let seed) = request {
                let fork = try await client.json(
                    "POST", ServerClient.target(["v1", "sessions", id, "fork"]), body: ["seed": .integer(seed)])
                guard let branch = fork["sessions"]?.array?.first?["id"]?.string else {
                    throw Failure(.internal, "the server's branch has no id")
                }
                await drop(id)
                id = branch
            }
            if case .reset(let body) = request {
                do throws(Failure) {
                    _ = try await client.send("POST", ServerClient.target(["v1", "sessions", id, "reset"]), body: body)
                } catch {
                    if let stopped = Self.stop(error) { return stopped }
                }
            }
        }
        return try await take(&steps, in: id)
    }

    private func take(_ actions: inout [[UInt8]], in id: String) async throws(Failure) -> String? {
        guard !actions.isEmpty else { return nil }
        var body = Array(#"{"steps":["#.utf8)
        for (place, action) in actions.enumerated() {
            body += Array("\(place > 0 ? "," : ""){\"session\":\"\(id)\",\"action\":".utf8) + action + Array("}".utf8)
        }
        body += Array("]}".utf8)
        actions = []
        let answer = try await client.send("POST", "/v1/steps", body: body)
        guard
            let results = try? JSONMembers(parsing: answer.body, limits: JSONLimits(depth: 512)).value("results")?.array
        else { throw Failure(.internal, "the server's answer to /v1/steps is malformed") }
        for result in results {
            guard let error = result["error"] else { continue }
            let failure = Failure(Failure.Code(wire: error["code"]?.string ?? ""), error["message"]?.string ?? "")
            if let stopped = Self.stop(failure) { return stopped }
        }
        return nil
    }

    /// Why no further call makes sense; nil where the environment itself refused one, as it may have done before.
    private static func stop(_ failure: Failure) -> String? {
        switch failure.code {
        case .environmentError, .interrupted: nil
        default: "\(failure.code.rawValue): \(failure.message)"
        }
    }
}
