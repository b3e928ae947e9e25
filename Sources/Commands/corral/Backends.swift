import Configuration
import Containers
import Foundations
import Glibc
import JSON
import Reactor
import Sandboxes
import Sessions

/// The sandbox backends of a server, and what they really give.
struct Backends {
    private(set) var all: [LaunchPlan.Backend: any SandboxBackend] = [:]
    private(set) var isolations: [LaunchPlan.Backend: IsolationReport] = [:]
    let preferred: LaunchPlan.Backend
    private(set) var docker: DockerBackend?
    private var checks: [HostCheck] = []
    /// Why there are no containers where `docker` is nil.
    private var engineProblem: Failure?

    static func make(
        _ configuration: Configuration, server: UInt32, run: RunDirectory, cgroups: CgroupTree.Choice
    ) async throws(Failure) -> Backends {
        let choice = configuration[ServerKeys.backend]
        let wantsContainers = choice == "docker" || configuration[WorkerKeys.image] != nil
        var backends = Backends(preferred: wantsContainers ? .docker : choice == "plain" ? .plain : .process)
        let launcher = try Host.findLauncher()
        if choice == "plain" {
            guard configuration[ServerKeys.trust] else {
                throw Failure(
                    .failedPrecondition, "the backend plain has no fence around workers",
                    next: "add --trust if you trust all environments, or use the backend process")
            }
            let plain = PlainBackend(scratch: run.path)
            (backends.all[.plain], backends.isolations[.plain]) = (plain, await plain.probe())
        } else {
            let process = ProcessBackend(
                server: server, launcher: launcher, cgroups: cgroups,
                allowsSoftLimits: configuration[ServerKeys.allowSoftLimits])
            let probe = await HostProbe.run(process, cgroups: cgroups)
            (backends.all[.process], backends.isolations[.process]) = (process, probe.isolation)
            backends.checks = probe.checks
        }
        try await backends.addContainers(configuration, server: server, run: run, launcher: launcher)
        return backends
    }

    /// An address that nobody can use matters only to those who want containers.
    private mutating func addContainers(
        _ configuration: Configuration, server: UInt32, run: RunDirectory, launcher: String
    ) async throws(Failure) {
        do throws(Failure) {
            let address = try EngineAddress(configuration.engineAddress)
            let backend = DockerBackend(
                server: server, engine: try EngineClient(address), launcher: launcher, folder: run.containers)
            let isolation = await backend.probe()
            (all[.docker], isolations[.docker], docker) = (backend, isolation, backend)
            if preferred == .docker { _ = try await backend.engine.agreedVersion() }
        } catch {
            if preferred == .docker || configuration[ServerKeys.dockerHost] != nil { throw error }
            engineProblem = error
        }
    }

    /// For `GET /v1/capabilities`; the engine is asked anew.
    func capabilities() async -> JSONValue {
        let engine = await EngineReport.make(docker, problem: engineProblem)
        var isolations = isolations
        if let docker { isolations[.docker] = await docker.probe() }
        var report: JSONValue = [:]
        if let isolation = isolations[preferred] { report = Self.report(isolation) }
        let ordered = LaunchPlan.Backend.allCases.compactMap { isolations[$0] }
        report["checks"] = .array(
            (checks + [engine.check]).map {
                ["name": .string($0.name), "fine": .bool($0.isFine), "text": .string($0.text)]
            })
        let native: JSONValue = [
            "backend": .string(LaunchPlan.Backend.native.rawValue),
            "isolation": "native: in the server's own process, whose code it is", "features": [],
        ]
        report["backends"] = .array(ordered.map(Self.report) + [native])
        report["engine"] = engine.json
        return report
    }

    private static func report(_ isolation: IsolationReport) -> JSONValue {
        [
            "backend": .string(isolation.backend), "isolation": .string(isolation.summary),
            "features": .array(
                isolation.entries.map {
                    [
                        "feature": .string($0.feature.rawValue), "active": .bool($0.isActive),
                        "reason": .string($0.reason),
                    ]
                }),
        ]
    }
}

extension Configuration {
    /// The flag, the environment, Docker's own variable, the standard.
    fileprivate var engineAddress: String {
        self[ServerKeys.dockerHost] ?? environmentVariables()["DOCKER_HOST"].flatMap { $0.isEmpty ? nil : $0 }
            ?? EngineAddress.standard
    }
}
