import Foundations
import JSON
import Reactor
import Sandboxes
import Workers

extension ZygoteSeats {
    /// So many branches are on their way at a time: until they are moved they count as processes of the session.
    private static let atOnce = 8

    /// Has the worker of a seat fork itself; all or none.
    ///
    /// - Throws: `refused` where the worker holds what a fork would share or lose.
    func branches(of seat: Seat, count: Int) async throws(HostProblem) -> [Seat] {
        guard isUsable, let family = seat.family else { throw Self.refusal("unsupported", "its sandbox has ended") }
        guard await hasRoom() else {
            throw Self.refusal("resource_exhausted", "the sandbox of its family has no memory left")
        }
        let connection = seat.connection
        let gate = ForkGate(count) { connection.pass(Array("{}\n".utf8), descriptors: []) }
        // Their folders and cgroups are made while the worker looks at itself.
        let forks = (0..<count).map { _ in
            Task { () -> Result<Seat, Failure> in
                do throws(Failure) {
                    return .success(
                        try await makeBranch { (name) async throws(Failure) in
                            try await self.branch(of: seat, named: name, in: family, gate)
                        })
                } catch { return .failure(error) }
            }
        }
        let answer: Result<Void, HostProblem>
        do throws(HostProblem) { answer = .success(try await fork(seat, count, gate, forks)) } catch {
            answer = .failure(error)
        }
        gate.shut()
        var made: [Seat] = []
        var problem: Failure?
        for fork in forks {
            switch await fork.value {
            case .success(let seat): made.append(seat)
            case .failure(let failure): problem = problem ?? failure
            }
        }
        await seat.hold(made.count - count)
        for branch in made {
            let released = branch.onReleased
            branch.onReleased = { [weak seat] in
                released?()
                if let seat { Task { await seat.hold(-1) } }
            }
        }
        do throws(HostProblem) {
            try answer.get()
            if let problem { throw Self.refusal("not_forkable", problem.message) }
            return made
        } catch {
            for seat in made { await seat.release() }
            throw error
        }
    }

    /// Asks the worker, and opens the gate as soon as nothing speaks against it; returns when it goes on.
    private func fork(
        _ seat: Seat, _ count: Int, _ gate: ForkGate, _ forks: [Task<Result<Seat, Failure>, Never>]
    ) async throws(HostProblem) {
        await seat.hold(count)
        let usage = await seat.usage()
        let limits = configuration.launch.limits
        let connection = seat.connection
        let ready = Promise<Void>()
        connection.onEvent = { if $0.members.string("event") == "ready" { ready.settle(.success(())) } }
        let answer = Task { () -> Result<WorkerMessage, HostProblem> in
            defer { ready.settle(.failure(Failure(.internal, "the fork was answered"))) }
            do throws(HostProblem) {
                return .success(try await seat.ask(within: Self.forkTimeout) { WorkerCommand.fork(id: $0) })
            } catch { return .failure(error) }
        }
        // The worker sees its threads and children; what was left in the background only the count of all shows.
        let isAlone = usage.processes <= 1
        var isLost = false
        if (try? await ready.value()) != nil {
            if isAlone {
                gate.open(max(1, min(Self.atOnce, limits.processes - 2)))
                for fork in forks { _ = await fork.value }
            }
            isLost = !gate.dismiss()
        }
        let message = try await answer.value.get()
        try await seat.read { () throws in try message.requireOK() }
        guard isAlone else {
            throw Self.refusal(
                "not_forkable", "processes run in the background, which would stay with one branch")
        }
        if isLost { throw Self.refusal("not_forkable", Self.lost.message) }
    }

    private func branch(
        of seat: Seat, named name: String, in family: String, _ gate: ForkGate
    ) async throws(Failure) -> Seat {
        let limits = configuration.launch.limits
        let scratch = try await sandbox.openScratch(name, in: family, bytes: limits.disk, inodes: limits.inodes)
        do throws(Failure) {
            let fence = try await sandbox.fence(session: name, limits: limits)
            do throws(Failure) {
                guard await gate.enter() else { throw Self.lost }
                defer { gate.leave() }
                let connection: WorkerConnection
                do throws(Failure) {
                    connection = try await branch(of: seat, scratch: scratch, fence: fence, gate)
                } catch {
                    gate.shut()
                    throw error
                }
                return Seat(
                    connection: connection, greeting: seat.greeting,
                    place: .shared(sandbox, fence: fence, scratch: name, family: family))
            } catch {
                await fence.remove()
                throw error
            }
        } catch {
            try? await sandbox.closeScratch(name, in: family)
            throw error
        }
    }

    private func branch(
        of seat: Seat, scratch: String, fence: any SessionFence, _ gate: ForkGate
    ) async throws(Failure) -> WorkerConnection {
        let launch = configuration.launch
        let ends = try WorkerEnds.open()
        let connection = WorkerConnection(
            channel: ends.channel, errors: ends.errors, dialect: .v2, lineLimit: configuration.lineLimit,
            logLimit: launch.logLimit)
        let started = Promise<Int32>()
        ends.channel.expectSender { process, bytes in
            if bytes.elementsEqual("{\"event\":\"started\"}\n".utf8) { return started.settle(.success(process)) }
            let said = (try? JSONMembers(parsing: bytes))?.string("message")
            started.settle(.failure(Failure(.failedPrecondition, said ?? "a branch said something else than started")))
        }
        connection.onEnd = { _ in started.settle(.failure(Self.lost)) }
        do throws(Failure) {
            let request: JSONValue = ["scratch": .string(scratch)]
            guard
                seat.connection.pass(
                    request.encoded() + [UInt8(ascii: "\n")],
                    descriptors: [ends.workerChannel.raw, ends.workerErrors.raw])
            else { throw Self.lost }
            _ = consume ends
            gate.passed()
            let process = try await started.value(within: Self.forkTimeout, or: Self.lost)
            fence.onEnd = { [weak connection] in connection?.processEnded() }
            try await fence.admit(process)
            connection.onEnd = nil
            return connection
        } catch {
            connection.close()
            throw error
        }
    }

    private static let lost = Failure(.failedPrecondition, "the worker ended while it was forked")

    private static func refusal(_ code: String, _ text: String) -> HostProblem {
        .refused(WorkerError(code: code, message: text))
    }
}

extension String {
    /// The folder that a path is in.
    var parentFolder: String { lastIndex(of: "/").map { String(self[..<$0]) } ?? self }
}

/// Lets a few branches at a time to the mother, once the worker has said that it can fork, and dismisses her behind the last.
@Reactor
private final class ForkGate {
    private var places = 0
    private var isShut = false
    private var waiting: [Wait<Bool>] = []
    /// Requests that she has not got yet.
    private var missing: Int
    private let end: @Reactor () -> Bool
    private var wasDismissed: Bool?

    /// - Parameter end: Tells the mother that nothing more comes; returns whether that went out.
    init(_ count: Int, end: @escaping @Reactor () -> Bool) { (missing, self.end) = (count, end) }

    /// The mother got one more request. She ends while those that she has forked last still settle down.
    func passed() {
        missing -= 1
        if missing == 0 { dismiss() }
    }

    /// - Returns: Whether the mother was told, now or before.
    @discardableResult
    func dismiss() -> Bool {
        let told = wasDismissed ?? end()
        wasDismissed = told
        return told
    }

    func open(_ places: Int) {
        self.places = places
        admit()
    }

    /// Nobody else gets through.
    func shut() {
        isShut = true
        let rest = waiting
        waiting = []
        for wait in rest { wait.settle(false) }
    }

    /// - Returns: Whether it may go on; then it has to leave.
    func enter() async -> Bool {
        if isShut { return false }
        if places > 0 {
            places -= 1
            return true
        }
        let wait = Wait<Bool>()
        waiting.append(wait)
        return await wait.value()
    }

    func leave() {
        places += 1
        admit()
    }

    private func admit() {
        while places > 0, !waiting.isEmpty {
            places -= 1
            waiting.removeFirst().settle(true)
        }
    }
}
