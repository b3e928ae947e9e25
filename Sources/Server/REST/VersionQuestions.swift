import Catalog
import Compatibility
import Foundations
import HTTP
import JSON
import Manifests
import Publishing
import Sessions
import Usage

/// Runs admission checks for a server, in the background.
public protocol CheckRunner: Sendable {
    /// Queues a check, or answers with the one that waits or runs.
    ///
    /// - Throws: `not_found`, `invalid_argument`, `resource_exhausted`.
    func start(_ reference: String, budget: Duration?, caller: Caller) async throws(Failure) -> JSONValue
    /// The last check of a version.
    ///
    /// - Throws: `not_found` also where it never was checked here.
    func status(_ reference: String, caller: Caller) async throws(Failure) -> JSONValue
    /// Queues the check of what was just published, or finds the one that there is.
    ///
    /// - Returns: Nil where the operator wants none.
    func published(_ record: VersionRecord) async -> JSONObject?
}

extension RESTAPI {
    func startCheck(_ call: Call) async throws(Failure) -> HTTPResponse {
        guard let checks else { throw Self.noChecks }
        let body = try RequestBody(call.request, allowed: ["budget_seconds"])
        let seconds = try body.integer("budget_seconds")
        if let seconds, !(1...3600).contains(seconds) {
            throw Failure(
                .invalidArgument, "budget_seconds has to be from 1 to 3600", details: ["field": "budget_seconds"])
        }
        let job = try await checks.start(
            call.parameters["reference"] ?? "", budget: seconds.map { .seconds($0) }, caller: call.caller)
        return .json(job, status: 202)
    }

    func checkStatus(_ call: Call) async throws(Failure) -> HTTPResponse {
        guard let checks else { throw Self.noChecks }
        return .json(try await checks.status(call.parameters["reference"] ?? "", caller: call.caller))
    }

    /// Everything about a version, with what its last check measured and what it was used for.
    func card(_ call: Call) async throws(Failure) -> JSONObject {
        let found = try await environments.find(call.reference, caller: call.caller)
        guard var card = found.object, let reference = found["reference"]?.string else {
            throw Failure(.internal, "the environment \(call.reference) has no card")
        }
        let isUnchecked = card["admission"] ?? .null == .null
        if isUnchecked, let checks, let name = card["name"]?.string, let digest = card["digest"]?.string {
            // A version of the folder has its last report in the server's memory only.
            let job = try? await checks.status("\(name)@\(digest)", caller: call.caller)
            if let report = job?["report"] { card["admission"] = .object(EnvironmentCard.admission(report)) }
        }
        card["usage"] = .object(try await used(reference, call.caller))
        return card
    }

    /// Sums of the version, and of all versions of its environment.
    private func used(_ reference: String, _ caller: Caller) async throws(Failure) -> JSONObject {
        guard let usage else { return [:] }
        var sums = JSONObject()
        for (name, environment) in [
            ("version", reference), ("environment", String(reference.prefix { $0 != "@" })),
        ] {
            var query = UsageQuery(groups: [])
            query.environment = environment
            query.limit(to: caller)
            guard let sum = try await usage.summaries(query).first else { continue }
            sums[name] = .object(sum.json([]))
        }
        return sums
    }

    private nonisolated static let noChecks = Failure(
        .unimplemented, "this server runs no checks", next: "run `corral check` beside the environment")

    func compatibility(_ call: Call) async throws(Failure) -> HTTPResponse {
        guard let name = call.query("agent") else {
            return .json([
                "agents": .array(
                    AgentProfile.named.map { ["name": .string($0.name), "title": .string($0.title)] })
            ])
        }
        let agent = try AgentProfile.find(name)
        let environment = try await environments.find(call.parameters["reference"] ?? "", caller: call.caller)
        guard let document = environment["manifest"] else {
            throw Failure(.failedPrecondition, "the version has no manifest to compare with")
        }
        let manifest = try Manifest(json: document)
        let reference = environment["reference"]?.string ?? "\(manifest.reference)"
        let spaces = try await spaces(of: manifest, reference, caller: call.caller)
        let (observation, action) = spacesOfOneAgent(spaces.observation, spaces.action, of: manifest.agents)
        let answer = CompatibilityAnswer(agent, plays: manifest, observation: observation, action: action)
        return .json(answer.json(agent: agent, environment: reference))
    }

    /// As declared; else a session is started to ask its worker.
    private func spaces(
        of manifest: Manifest, _ reference: String, caller: Caller
    ) async throws(Failure) -> SessionSpaces {
        if case .declared(let observation, let action) = manifest.spaces {
            return SessionSpaces(observation: observation, action: action)
        }
        let request = SessionRequest(environment: reference, reset: false)
        guard let made = try await service.create(request, caller: caller).first else {
            throw Failure(.internal, "no session was made")
        }
        _ = try? await service.close(made.summary.id, caller: caller)
        guard let spaces = made.summary.spaces else { throw Failure(.internal, "a session without spaces") }
        return spaces
    }
}
