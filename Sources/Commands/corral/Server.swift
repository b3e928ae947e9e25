import AccessKeys
import Admission
import Configuration
import Containers
import CorralABI
import DockerGym
import Foundations
import Glibc
import HTTP
import Hooks
import JSON
import Logging
import Manifests
import MCP
import Metrics
import Publishing
import NativeEnvironments
import NativeHosts
import OpenEnv
import REST
import RLConfigurations
import Reactor
import Review
import Sandboxes
import Sessions
import Trajectories
import VectorEnvironments
import WebSocket
import WebSocketAPI

/// A running server: everything that the configuration asks for, wired together.
struct Server {
    let addresses: [String]
    private let http: HTTPServer
    private let hub: WebSocketHub
    private let grpc: GRPCServing?
    private let service: SessionService
    private let checks: CheckJobs
    private let stopping: @Sendable () async -> Void
    private let run: RunDirectory
    private let cgroups: CgroupTree.Choice
    private let docker: DockerBackend?
    private let usage: UsageKeeping?
    private let keys: Task<Void, Never>?

    enum Reach {
        /// Whoever the configuration lets in.
        case configured
        /// The process that started it, which ends it, over a socket of the user that both have: without keys.
        case parent
        /// Only this process: over a socket in the run directory, and without keys.
        case thisProcess
    }

    static func start(
        _ configuration: Configuration, logger: Logger, reach: Reach = .configured
    ) async throws(Failure) -> Server {
        Kernel.raiseFileLimit()
        let data = configuration[ServerKeys.data]
        await removeLeftovers(data: data, logger: logger)
        let run = try RunDirectory(data: data)
        let cgroups = await offload {
            let cgroups = CgroupTree.open(server: run.server)
            if case .available(let tree) = cgroups { tree.removeAbandoned() }
            return cgroups
        }
        do throws(Failure) {
            return try await wire(configuration, logger, reach, run: run, cgroups: cgroups)
        } catch {
            if case .available(let tree) = cgroups { await tree.close() }
            run.remove()
            throw error
        }
    }

    private static func wire(
        _ configuration: Configuration, _ logger: Logger, _ reach: Reach, run: RunDirectory, cgroups: CgroupTree.Choice
    ) async throws(Failure) -> Server {
        let data = configuration[ServerKeys.data]
        let backends = try await Backends.make(configuration, server: run.server, run: run, cgroups: cgroups)
        let installation = Installation.find()
        let served = try configuration.servedWorker()?.entry(
            emptyFolder: run.emptyFolder(), isFenced: configuration[ServerKeys.backend] != "plain")
        let natives = try NativeEnvironments.registry(wide: Processor.isWide)
        let folder = try loadManifests(configuration, installation, served: served, logger)
        let policy = try policy(configuration, installation, backends.preferred)
        let registry = try await Registry.open(configuration)
        let keys = reach == .configured ? try await Self.keys(configuration, registry, logger) : nil
        let reviews = try await ReviewDesk.make(configuration, keys, store: registry.store, logger: logger)
        let authority = CatalogAuthority(
            folder: ManifestAuthority(folder: folder, policy: policy, isolations: backends.isolations),
            store: registry.store, versions: registry.versions,
            packages: try await registry.packages(backends, python: policy.python), policy: reviews)
        let catalog = CatalogService(
            store: registry.store, folder: folder, blobs: registry.blobs, uploads: registry.uploads,
            versions: registry.versions, policy: reviews)
        let metrics = MetricsRegistry()
        let workers = Self.workers(configuration)
        let pool = await WorkerPool(workers, backends: backends.all, logger: logger)
        let rows = NativeHosts.Limits(
            rows: configuration[ServerKeys.maxRows], totalRows: configuration[ServerKeys.maxTotalRows])
        let hosts = await HostsByLaunch(workers: pool, natives: NativeHosts(registry: natives, limits: rows))
        let hook = try configuration.hook(logger: logger)
        let trajectories = try TrajectoryStore(
            path: data + "/trajectories", policy: try configuration.recordingPolicy(),
            server: RunDirectory.name(of: run.server), metrics: metrics, logger: logger)
        await trajectories.start()
        var limits = SessionService.Limits(
            maxSessions: configuration[ServerKeys.maxSessions], idleTimeout: configuration[ServerKeys.idleTimeout],
            maxLifetime: configuration[ServerKeys.maxLifetime])
        limits.limitFamilies(
            sessions: configuration[ServerKeys.forkSessions], memory: configuration[ServerKeys.forkMemory])
        limits.limitJournals(total: configuration[ServerKeys.forkJournal], folder: try run.journalsFolder())
        limits.prefixes = configuration[ServerKeys.prefixCache]
        limits.checkpoints = try CheckpointFolder(data: data)
        let usage = try await UsageKeeping.start(
            configuration, server: RunDirectory.name(of: run.server), isExporting: reach != .thisProcess,
            metrics: metrics, logger: logger)
        let service = await SessionService(
            server: run.server, limits: limits,
            authority: authority, hosts: hosts,
            observers: [SessionMetrics(metrics)] + [usage?.recorder].compactMap { $0 }, hook: hook,
            replies: ReplyStore(
                limit: configuration[ServerKeys.replyMemory], folder: try run.repliesFolder(), logger: logger),
            recorders: trajectories, logger: logger)
        let isLoopback = Access.isLoopbackName(configuration[ServerKeys.host])
        let access = Access(keys: keys, isLoopback: isLoopback)
        let journal = await RequestJournal(metrics: metrics, logger: logger)
        let information = RESTAPI.Information(
            version: Version.current, capabilities: { await backends.capabilities() })
        let bench = CheckBench(
            hosts: hosts, policy: policy, isolations: backends.isolations, server: run.server,
            folder: try run.journalsFolder(), trajectories: data + "/trajectories",
            checker: "corral \(Version.current)", logger: logger)
        let checks = await CheckJobs(
            authority: authority, bench: bench, keys: configuration.keyStore, store: registry.store, reviews: reviews,
            settings: .init(
                checksPublished: configuration[ServerKeys.checkPublished] && reach == .configured,
                slots: configuration[ServerKeys.checkJobs], budget: configuration[ServerKeys.checkBudget]))
        let api = await RESTAPI(
            service: service, trajectories: trajectories, environments: catalog, catalog: catalog, reviews: reviews,
            keys: keys.map { KeyService(store: registry.store, ring: $0) },
            trainingSettings: try trainingSettings(installation), checks: checks,
            information: information, usage: usage?.store, access: access,
            metrics: metrics, journal: journal, logger: logger)
        let root = try Doors.Root(configuration[ServerKeys.root])
        var dockerGym: DockerGymDoor?
        if root == .dockerGym {
            dockerGym = await DockerGymDoor(
                service: service, offer: served.map { InstanceOffer($0) } ?? ReferenceOffer(folder),
                information: .init(title: configuration[WorkerKeys.title], version: configuration[WorkerKeys.version]),
                access: access, journal: journal, logger: logger)
        }
        var socketLimits = WebSocketLimits()
        socketLimits.message = configuration[ServerKeys.bodyLimit]
        let hub = await WebSocketHub(limits: socketLimits)
        let sockets = await WebSocketDoor(
            service: service, hub: hub, access: access, metrics: metrics, journal: journal)
        let openEnv = await OpenEnvDoor(
            service: service, environments: catalog, hub: hub, access: access, journal: journal, logger: logger)
        let mcp = await MCPDoor(
            service: service, version: Version.current, access: access, journal: journal, logger: logger)
        let doors = Doors(
            api: api, sockets: sockets, openEnv: openEnv, mcp: mcp, dockerGym: dockerGym, root: root)
        let http = try HTTPServer(
            configuration: httpConfiguration(
                configuration, isAuthenticated: keys?.isInUse ?? false,
                socket: reach == .thisProcess ? run.path + "/http.sock" : nil),
            start: { work in Task { @Reactor in await work() } }
        ) { await doors.handle($0) }
        let told = Hook.Server(id: RunDirectory.name(of: run.server), version: Version.current)
        try await hook?.start(told)
        do throws(Failure) {
            try http.start()
        } catch {
            await hook?.stop(told)
            throw error
        }
        let scheme = configuration[ServerKeys.tlsCertificate] == nil ? "http" : "https"
        let addresses = http.addresses.map { $0.hasPrefix("unix:") ? "unix://" + $0.dropFirst(5) : "\(scheme)://\($0)" }
        await api.setAddress(addresses.first ?? "")
        await sockets.setAddress(addresses.first ?? "")
        let grpc: GRPCServing?
        do throws(Failure) {
            grpc =
                reach == .thisProcess
                ? nil
                : try await GRPCServing.start(
                    configuration, service: service, environments: catalog, information: information,
                    access: access, isAuthenticated: keys?.isInUse ?? false, metrics: metrics,
                    address: addresses.first ?? "", logger: logger)
        } catch {
            await http.stop(grace: .zero)
            await hook?.stop(told)
            throw error
        }
        await checks.begin()
        return Server(
            addresses: addresses + [grpc?.address].compactMap { $0 }, http: http, hub: hub, grpc: grpc,
            service: service, checks: checks, stopping: { await hook?.stop(told) },
            run: run,
            cgroups: cgroups, docker: backends.docker, usage: usage,
            keys: keys.map { keys in Task { await keys.run() } })
    }

    /// Those of the file that the configuration names, and of the catalog.
    private static func keys(
        _ configuration: Configuration, _ registry: Registry, _ logger: Logger
    ) async throws(Failure) -> KeyRing {
        let file = try configuration[ServerKeys.keys].map { (path) throws(Failure) in try KeyFile(path).keys }
        return try await KeyRing.open(file: file, store: registry.store, logger: logger)
    }

    /// Stops in order: no new requests, running ones end, WebSockets close, the hook is told, sessions end, nothing is left.
    func stop(grace: Duration) async {
        let end = ContinuousClock.now + grace
        async let grpcEnd: Void? = grpc?.stop(grace: grace)
        await hub.drain(grace: grace)
        await http.stop(grace: max(.zero, end - .now))
        _ = await grpcEnd
        await stopping()
        await checks.stop()
        await service.drain()
        await usage?.stop()
        keys?.cancel()
        await docker?.close()
        if case .available(let tree) = cgroups { await tree.close() }
        run.remove()
    }

    private static func removeLeftovers(data: String, logger: Logger) async {
        for server in await offload({ RunDirectory.leftovers(data: data) }) {
            let hasNoGroups = await CgroupTree.removeLeftovers(server: server)
            let hasNoContainers = await removeContainers(of: server, data: data, logger: logger)
            let isGone = hasNoGroups && hasNoContainers
            if isGone { RunDirectory.remove(server, data: data) }
            logger.warning(
                "removed what a server left behind",
                ["server": .string(RunDirectory.name(of: server)), "complete": .bool(isGone)])
        }
    }

    /// The settings that come with the bundled environments; none where those are not installed.
    private static func trainingSettings(_ installation: Installation) throws(Failure) -> RLConfigurationTable {
        guard let manifests = installation.manifests else { return RLConfigurationTable() }
        return try RLConfigurationTable(folder: manifests + "/rl")
    }

    /// - Returns: Whether none is left; where its engine does not answer, the next start looks again.
    private static func removeContainers(of server: UInt32, data: String, logger: Logger) async -> Bool {
        let folder = RunDirectory.containers(of: server, data: data)
        guard let address = await offload({ DockerBackend.engineAddress(in: folder) }) else { return true }
        do throws(Failure) {
            try await DockerBackend.removeLeftovers(server: server, engine: try EngineClient(EngineAddress(address)))
            return true
        } catch {
            logger.log(.warning, "containers of a server that ended may be left", failure: error)
            return false
        }
    }

    /// The manifests of folders, and the native environments.
    ///
    /// - Parameter served: Described by flags; then neither the bundled manifests nor the native environments are served
    ///   beside it.
    static func loadManifests(
        _ configuration: Configuration, _ installation: Installation, served: ManifestFolder.Entry? = nil,
        _ logger: Logger
    ) throws(Failure) -> ManifestFolder {
        let folders = configuration[ServerKeys.environments]
        let bundled = served == nil ? [installation.manifests].compactMap { $0 } : []
        let folder = try VersionDigest.load(folders.isEmpty ? bundled : folders)
        for problem in folder.problems { logger.log(.warning, "a manifest was left out", failure: problem) }
        guard let served else {
            let natives = try NativeVersions.entries(of: try NativeEnvironments.registry(wide: Processor.isWide))
            return ManifestFolder(folder.entries + natives, problems: folder.problems)
        }
        return ManifestFolder([served] + folder.entries, problems: folder.problems)
    }

    static func policy(
        _ configuration: Configuration, _ installation: Installation, _ backend: LaunchPlan.Backend
    ) throws(Failure) -> ManifestAuthority.Policy {
        guard let sdk = installation.sdk else {
            throw Failure(
                .failedPrecondition, "the Python package corral is not where the program is",
                next: "install Corral again")
        }
        var policy = ManifestAuthority.Policy(
            backend: backend,
            python: configuration[ServerKeys.python] ?? installation.python ?? "/usr/bin/python3", sdk: sdk,
            longestCommand: configuration[ServerKeys.commandTimeout],
            longestStart: configuration[ServerKeys.startTimeout])
        policy.allowsHostNetwork = configuration[ServerKeys.allowHostNetwork]
        policy.allowedVolumes = configuration[ServerKeys.allowVolumes]
        policy.validation = LaunchPlan.Validation(rawValue: configuration[ServerKeys.validation]) ?? .full
        return policy
    }

    /// How workers are kept.
    static func workers(_ configuration: Configuration) -> WorkerPool.Configuration {
        var workers = WorkerPool.Configuration(
            spares: configuration[ServerKeys.warm], familyLimits: familyLimits(),
            memoryReserve: configuration[ServerKeys.memoryReserve],
            lineLimit: configuration[ServerKeys.lineLimit], idleTimeout: configuration[ServerKeys.idleTimeout])
        workers.batchWindow = .milliseconds(configuration[ServerKeys.batchWindow])
        return workers
    }

    /// Of one zygote with all its sessions: half of the machine's memory.
    private static func familyLimits() -> SandboxLimits {
        let memory = sysconf(CInt(_SC_PHYS_PAGES)) * sysconf(CInt(_SC_PAGESIZE))
        return SandboxLimits(memory: max(1 << 30, memory / 2), processes: 32768, files: 20000)
    }

    /// - Parameters:
    ///   - isAuthenticated: Whether callers need a key.
    ///   - socket: Taken instead of what the configuration says.
    private static func httpConfiguration(
        _ configuration: Configuration, isAuthenticated: Bool, socket: String?
    ) throws(Failure) -> HTTPServerConfiguration {
        let host = configuration[ServerKeys.host]
        let listener: HTTPServerConfiguration.Listener
        if let path = socket ?? configuration[ServerKeys.unixSocket] {
            listener = .unix(path: path, mode: 0o600)
        } else {
            guard
                Access.isLoopbackName(host) || isAuthenticated || configuration[ServerKeys.insecure]
            else {
                throw Failure(
                    .failedPrecondition, "\(host) can be reached from other machines and nobody is authenticated",
                    next:
                        "listen on 127.0.0.1, make a key with corral access create, or accept the risk with --insecure")
            }
            listener = .tcp(host: host, port: configuration[ServerKeys.port])
        }
        var http = HTTPServerConfiguration(listeners: [listener], errorBody: RESTAPI.errorBody)
        http.threads = configuration[ServerKeys.httpThreads]
        http.headerLimit = configuration[ServerKeys.headerLimit]
        http.bodyLimit = configuration[ServerKeys.bodyLimit]
        http.headerTimeout = Int(configuration[ServerKeys.clientTimeout] / .seconds(1))
        if socket != nil { return http }
        switch (configuration[ServerKeys.tlsCertificate], configuration[ServerKeys.tlsKey]) {
        case (nil, nil): break
        case (let certificate?, let key?): http.tls = .init(certificate: certificate, key: key)
        default:
            throw Failure(
                .invalidArgument, "tls-certificate and tls-key belong together",
                next: "give both, or none for plain HTTP")
        }
        return http
    }
}
