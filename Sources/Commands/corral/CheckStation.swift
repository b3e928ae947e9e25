import Admission
import Configuration
import Foundations
import Publishing
import Reactor
import Review
import Sandboxes
import Sessions

/// Sandboxes inside this process for as long as checks of one command run: nothing listens, nobody else has sessions.
struct CheckStation {
    let bench: CheckBench
    /// Finds what is checked: in the configured folders and in the catalog.
    let authority: CatalogAuthority
    private let pool: WorkerPool
    private let run: RunDirectory
    private let cgroups: CgroupTree.Choice
    private let docker: DockerBackend?

    static func open(_ configuration: Configuration) async throws(Failure) -> CheckStation {
        Kernel.raiseFileLimit()
        let run = try RunDirectory(data: configuration[ServerKeys.data])
        let cgroups = await offload { CgroupTree.open(server: run.server) }
        do throws(Failure) {
            let backends = try await Backends.make(configuration, server: run.server, run: run, cgroups: cgroups)
            let installation = Installation.find()
            let policy = try Server.policy(configuration, installation, backends.preferred)
            let folder = try Server.loadManifests(configuration, installation, configuration.logger)
            let registry = try await Registry.open(configuration)
            let authority = CatalogAuthority(
                folder: ManifestAuthority(folder: folder, policy: policy, isolations: backends.isolations),
                store: registry.store, versions: registry.versions,
                packages: try await registry.packages(backends, python: policy.python),
                policy: try await ReviewDesk.make(
                    configuration, nil, store: registry.store, logger: configuration.logger))
            let pool = await WorkerPool(
                Server.workers(configuration), backends: backends.all, logger: configuration.logger)
            let bench = CheckBench(
                hosts: pool, policy: policy, isolations: backends.isolations, server: run.server,
                folder: try run.journalsFolder(), trajectories: configuration[ServerKeys.data] + "/trajectories",
                checker: "corral \(Version.current)", logger: configuration.logger)
            return CheckStation(
                bench: bench, authority: authority, pool: pool, run: run, cgroups: cgroups, docker: backends.docker)
        } catch {
            if case .available(let tree) = cgroups { await tree.close() }
            run.remove()
            throw error
        }
    }

    func close() async {
        await pool.shutDown()
        await docker?.close()
        if case .available(let tree) = cgroups { await tree.close() }
        run.remove()
    }
}
