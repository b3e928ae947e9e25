import Foundations
import Logging
import Reactor
import Sandboxes
import Workers

/// Makes session hosts that are workers in sandboxes; keeps zygotes and spare workers by version and tenant.
@Reactor
public final class WorkerPool: SessionHostSource {
    public struct Configuration: Sendable {
        /// Workers kept ready for each version in use.
        public var spares: Int
        /// Of a zygote and all its sessions together.
        public var familyLimits: SandboxLimits
        /// Bytes of the machine's memory that new sessions leave free.
        public var memoryReserve: Int
        /// The most bytes of a worker's line, and of one reply's buffers.
        public var lineLimit: Int
        /// After this long without sessions a version's zygote and spares end.
        public var idleTimeout: Duration
        /// Time that an interrupted step has to end.
        public var interruptGrace: Duration
        /// How long steps for a worker of several sessions wait for each other.
        public var batchWindow = Duration.zero

        public init(
            spares: Int, familyLimits: SandboxLimits, memoryReserve: Int = 0, lineLimit: Int, idleTimeout: Duration,
            interruptGrace: Duration = .seconds(5)
        ) {
            self.spares = spares
            self.familyLimits = familyLimits
            self.memoryReserve = memoryReserve
            self.lineLimit = lineLimit
            self.idleTimeout = idleTimeout
            self.interruptGrace = interruptGrace
        }
    }

    /// Zygotes, spares and caches are never shared between tenants.
    private struct Key: Hashable {
        let digest: String
        let tenant: String
        let backend: LaunchPlan.Backend
        /// A tag that has moved makes new sandboxes, beside the old ones.
        let image: String?

        init(_ plan: LaunchPlan) {
            (digest, tenant, backend, image) = (plan.digest, plan.tenant, plan.backend, plan.worker?.image?.id)
        }
    }

    private let configuration: Configuration
    private let backends: [LaunchPlan.Backend: any SandboxBackend]
    private let logger: Logger
    private let spaces = SpaceCache()
    private let gate: MemoryGate
    private var pools: [Key: SeatPool] = [:]
    /// Of versions whose workers hold several sessions.
    private var shared: [Key: SharedWorkers] = [:]
    private var lastSandbox = 0
    private var sweep: Timer?
    private var isShutDown = false

    public init(_ configuration: Configuration, backends: [LaunchPlan.Backend: any SandboxBackend], logger: Logger) {
        self.configuration = configuration
        self.backends = backends
        self.logger = logger
        let memory = MachineMemory()
        gate = MemoryGate(reserve: configuration.memoryReserve) { memory.free() }
    }

    public func open(_ plan: LaunchPlan, session: UniqueID) async throws(Failure) -> any SessionHost {
        guard var launch = plan.worker else { throw Failure(.internal, "\(plan.reference) is no worker") }
        var plan = plan
        if let image = launch.image {
            launch.image = try await backend(of: plan).pin(image)
            plan.launch = .worker(launch)
        }
        let pool = try pool(for: plan, launch)
        if launch.sessionsPerWorker > 1 {
            return try await sharedWorkers(of: plan, pool).open(plan, known: spaces)
        }
        let seat = try await pool.take(for: plan)
        do throws(Failure) {
            return try await WorkerHost.open(
                plan, seat: seat, of: pool, known: spaces, interruptGrace: configuration.interruptGrace,
                onReleased: { pool.returned() })
        } catch {
            await seat.release()
            pool.returned()
            throw error
        }
    }

    public func makeRoom(for count: Int, like plan: LaunchPlan) async throws(Failure) {
        for _ in 0..<count { try await gate.enter() }
    }

    public func shutDown() async {
        isShutDown = true
        sweep?.cancel()
        let ending = pools.values
        (pools, shared) = ([:], [:])
        await withTaskGroup(of: Void.self) { group in
            for pool in ending { group.addTask { await pool.shutDown() } }
        }
    }

    private func pool(for plan: LaunchPlan, _ launch: WorkerLaunch) throws(Failure) -> SeatPool {
        guard !isShutDown else { throw Failure(.unavailable, "the server is stopping") }
        let key = Key(plan)
        if let pool = pools[key] { return pool }
        let backend = try backend(of: plan)
        let seats = SeatConfiguration(
            plan: plan, launch: launch, lineLimit: configuration.lineLimit, familyLimits: configuration.familyLimits)
        let pool = SeatPool(spareCount: configuration.spares, gate: gate, logger: logger) {
            [unowned self] () async throws(Failure) in
            guard launch.isShared else { return OwnSeats(seats, backend: backend) { self.newName() } }
            return try await ZygoteSeats.start(seats, backend: backend, name: newName())
        }
        pools[key] = pool
        if sweep == nil { sweepLater() }
        return pool
    }

    private func backend(of plan: LaunchPlan) throws(Failure) -> any SandboxBackend {
        guard let backend = backends[plan.backend] else {
            throw Failure(
                .failedPrecondition, "this server has no backend \(plan.backend.rawValue)",
                next: "GET /v1/capabilities tells which it has")
        }
        return backend
    }

    private func sharedWorkers(of plan: LaunchPlan, _ pool: SeatPool) -> SharedWorkers {
        let key = Key(plan)
        if let workers = shared[key] { return workers }
        let workers = SharedWorkers(pool: pool, window: configuration.batchWindow)
        shared[key] = workers
        return workers
    }

    private func newName() -> String {
        lastSandbox += 1
        return "w\(lastSandbox)"
    }

    private func sweepLater() {
        sweep = Reactor.schedule(at: .now + configuration.idleTimeout / 4) { [weak self] in
            guard let self else { return }
            for (key, pool) in pools where pool.seatsTaken == 0 && pool.lastUse + configuration.idleTimeout <= .now {
                (pools[key], shared[key]) = (nil, nil)
                Task { await pool.shutDown() }
            }
            sweep = nil
            if !pools.isEmpty { sweepLater() }
        }
    }
}
