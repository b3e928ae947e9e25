import Foundations
import JSON
import Reactor
import Workers

extension WorkerHost {
    var forkMechanisms: Set<ForkMechanism> {
        var able: Set<ForkMechanism> = []
        guard pool != nil else { return able }
        if capabilities.contains(.fork), seat.zygote != nil { able.insert(.fork) }
        if capabilities.isSuperset(of: [.snapshot, .portable]) { able.insert(.snapshot) }
        return able
    }

    func fork(_ count: Int, by mechanism: ForkMechanism) async throws(HostProblem) -> [any SessionHost] {
        guard let pool else { throw .refused(WorkerError(code: "unsupported", message: "it stands alone")) }
        switch mechanism {
        case .fork:
            guard let zygote = seat.zygote else { break }
            let seats = try await zygote.branches(of: seat, count: count)
            pool.adopted(seats.count)
            return seats.map { WorkerHost(plan, $0, spaces, interruptGrace, pool, known) { pool.returned() } }
        case .snapshot: return try await forkBySnapshot(count, pool)
        case .copy, .replay: break
        }
        throw .refused(WorkerError(code: "unsupported", message: "its worker has no \(mechanism.rawValue)"))
    }

    func saveState() async throws(HostProblem) -> [UInt8]? {
        guard capabilities.isSuperset(of: [.snapshot, .portable]) else { return nil }
        let message = try await seat.ask(within: plan.times.step) { WorkerCommand.snapshot(id: $0) }
        return Array(try await seat.read { () throws in try message.state() }.utf8)
    }

    func loadState(_ state: [UInt8]) async throws(HostProblem) {
        let text = String(decoding: state, as: UTF8.self)
        let answer = try await seat.ask(within: plan.times.step) { WorkerCommand.restore(id: $0, state: text) }
        try await seat.read { () throws in try answer.requireOK() }
    }

    func reseed(_ seed: Int64) async throws(HostProblem) {
        let answer = try await seat.ask(within: plan.times.step) { WorkerCommand.reseed(id: $0, seed: seed) }
        try await seat.read { () throws in try answer.requireOK() }
    }

    /// New workers of the same version and parameters take over the state.
    private func forkBySnapshot(_ count: Int, _ pool: SeatPool) async throws(HostProblem) -> [any SessionHost] {
        guard let state = try await saveState() else {
            throw .refused(WorkerError(code: "unsupported", message: "it has no snapshots"))
        }
        let openings = (0..<count).map { _ in
            Task { () -> Result<WorkerHost, HostProblem> in
                do throws(HostProblem) { return .success(try await restored(state, pool)) } catch {
                    return .failure(error)
                }
            }
        }
        var hosts: [WorkerHost] = []
        var problem: HostProblem?
        for opening in openings {
            switch await opening.value {
            case .success(let host): hosts.append(host)
            case .failure(let failure): problem = problem ?? failure
            }
        }
        guard let problem else { return hosts }
        for host in hosts { await host.close() }
        throw problem
    }

    private func restored(_ state: [UInt8], _ pool: SeatPool) async throws(HostProblem) -> WorkerHost {
        let host: WorkerHost
        do throws(Failure) {
            let seat = try await pool.take(for: plan)
            do throws(Failure) {
                host = try await WorkerHost.open(
                    plan, seat: seat, of: pool, known: known, interruptGrace: interruptGrace,
                    onReleased: { pool.returned() })
            } catch {
                await seat.release()
                pool.returned()
                throw error
            }
        } catch {
            throw .refused(WorkerError(code: error.code.rawValue, message: error.message))
        }
        do throws(HostProblem) {
            try await host.loadState(state)
            return host
        } catch {
            await host.close()
            guard case .ended(_, let text) = error else { throw error }
            throw .refused(WorkerError(code: "not_forkable", message: "another worker did not take it over: \(text)"))
        }
    }
}

extension WorkerMessage {
    /// The answer to `snapshot`.
    func state() throws -> String {
        try requireOK()
        guard let state = members.string("state") else { throw MalformedReply("the reply has no state") }
        return state
    }
}
