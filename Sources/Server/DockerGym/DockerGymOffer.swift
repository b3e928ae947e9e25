import Foundations
import JSON
import Manifests
import Sessions

/// What the `env_id` of DockerGym's API means on a server.
public protocol DockerGymOffer: Sendable {
    /// For `GET /environments`.
    func names(caller: Caller) async throws(Failure) -> [String]
    /// - Parameter name: The `env_id`; nil where the caller leaves the choice.
    func request(for name: String?, parameters: JSONObject, caller: Caller) async throws(Failure) -> SessionRequest
    /// The `env_id` of a session, whichever door made it.
    func name(of session: SessionSummary) -> String
}

/// One environment: an `env_id` is one of its instances.
public struct InstanceOffer: DockerGymOffer {
    private let entry: ManifestFolder.Entry

    public init(_ entry: ManifestFolder.Entry) { self.entry = entry }

    public func names(caller: Caller) async throws(Failure) -> [String] {
        caller.has(.viewer, in: entry.manifest.name.namespace ?? "") ? entry.instances ?? [] : []
    }

    public func request(
        for name: String?, parameters: JSONObject, caller: Caller
    ) async throws(Failure) -> SessionRequest {
        SessionRequest(environment: "\(entry.manifest.reference)", instance: name, parameters: parameters)
    }

    public func name(of session: SessionSummary) -> String { session.instance ?? "" }
}

/// A folder of environments: an `env_id` is a reference, with `#` and an instance where one is meant.
public struct ReferenceOffer: DockerGymOffer {
    private let folder: ManifestFolder

    public init(_ folder: ManifestFolder) { self.folder = folder }

    public func names(caller: Caller) async throws(Failure) -> [String] {
        folder.entries.filter { caller.has(.viewer, in: $0.manifest.name.namespace ?? "") }
            .map { "\($0.manifest.reference)" }
    }

    public func request(
        for name: String?, parameters: JSONObject, caller: Caller
    ) async throws(Failure) -> SessionRequest {
        let parts = (name ?? references.randomElement() ?? "").split(
            separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        return SessionRequest(
            environment: parts.first.map(String.init) ?? "", instance: parts.count > 1 ? String(parts[1]) : nil,
            parameters: parameters)
    }

    public func name(of session: SessionSummary) -> String {
        session.environment + (session.instance.map { "#" + $0 } ?? "")
    }

    private var references: [String] { folder.entries.map { "\($0.manifest.reference)" } }
}
