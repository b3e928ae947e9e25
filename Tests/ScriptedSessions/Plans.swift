import Foundations
import JSON
import Sandboxes
import Sessions
import Spaces

extension SessionSpaces {
    /// Observations: two numbers from -10 to 10 000; actions: 0 or 1.
    public static func scripted() throws(Failure) -> SessionSpaces {
        SessionSpaces(
            observation: try Space(json: ["type": "Box", "dtype": "float32", "shape": [2], "low": -10, "high": 10_000]),
            action: try Space(json: ["type": "Discrete", "n": 2]))
    }
}

extension LaunchPlan {
    public static func scripted(
        instance: String? = nil, parameters: JSONObject = [:], tenant: String = "local",
        reference: String = "test/Scripted@1.0.0", validation: Validation = .full, start: Duration = .seconds(30),
        limit: Duration = .seconds(30), instances: Instances = .any
    ) -> LaunchPlan {
        LaunchPlan(
            reference: reference, digest: "sha256:00", tenant: tenant, backend: .process,
            launch: .worker(
                WorkerLaunch(
                    command: ["/bin/true"], dialect: .v2, isShared: false, directory: "/", environment: [:],
                    mounts: [], network: .none, limits: SandboxLimits(), logLimit: 65536)),
            times: Times(start: start, reset: limit, step: limit), validation: validation,
            observationSpace: nil, actionSpace: nil, instance: instance, instances: instances,
            parameters: parameters, isNondeterministic: false)
    }
}

/// Knows the environments `test/Scripted` and, for nobody, `test/Secret`.
public struct ScriptedAuthority: LaunchAuthority {
    public var validation = LaunchPlan.Validation.full
    /// Every plan passes here; open by default.
    public let gate: Gate

    public init(gate: Gate) { self.gate = gate }

    public func plan(for request: SessionRequest, caller: Caller) async throws(Failure) -> LaunchPlan {
        await gate.pass()
        switch request.environment {
        case "test/Scripted", "test/Scripted@1.0.0": break
        case "test/Secret": throw Failure(.permissionDenied, "test/Secret is not for \(caller.id)")
        default:
            throw Failure(
                .notFound, "there is no environment `\(request.environment)`", next: "did you mean `test/Scripted`?")
        }
        return .scripted(
            instance: request.instance, parameters: request.parameters, tenant: caller.tenant, validation: validation)
    }
}
