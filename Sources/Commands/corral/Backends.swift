import Configuration
import Foundations
import JSON
import Reactor
import Sandboxes
import Sessions

/// The sandbox backends of a server, and what they really give.
struct Backends {
    let all: [LaunchPlan.Backend: any SandboxBackend]
    /// Of the backend in use.
    let isolation: IsolationReport
    /// For `GET /v1/capabilities`.
    let capabilities: JSONValue

    static func make(
        _ configuration: Configuration, server: UInt32, run: String, cgroups: CgroupTree.Choice
    ) async throws(Failure) -> Backends {
        if configuration[ServerKeys.backend] == "plain" {
            guard configuration[ServerKeys.trust] else {
                throw Failure(
                    .failedPrecondition, "the backend plain has no fence around workers",
                    next: "add --trust if you trust all environments, or use the backend process")
            }
            let plain = PlainBackend(scratch: run)
            let isolation = await plain.probe()
            return Backends(all: [.plain: plain], isolation: isolation, capabilities: report(isolation, []))
        }
        let process = ProcessBackend(
            server: server, launcher: try Host.findLauncher(), cgroups: cgroups,
            allowsSoftLimits: configuration[ServerKeys.allowSoftLimits])
        let probe = await HostProbe.run(process, cgroups: cgroups)
        return Backends(
            all: [.process: process], isolation: probe.isolation, capabilities: report(probe.isolation, probe.checks))
    }

    static func report(_ isolation: IsolationReport, _ checks: [HostCheck]) -> JSONValue {
        [
            "backend": .string(isolation.backend), "isolation": .string(isolation.summary),
            "features": .array(
                isolation.entries.map {
                    [
                        "feature": .string($0.feature.rawValue), "active": .bool($0.isActive),
                        "reason": .string($0.reason),
                    ]
                }),
            "checks": .array(
                checks.map { ["name": .string($0.name), "fine": .bool($0.isFine), "text": .string($0.text)] }),
        ]
    }
}
