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
        // The worker sees its threads and children; what was left in the background only the count of all shows.
        let hasOthers = await seat.usage().processes > 1
        let connection = seat.connection
        let ready = Promise<Void>()
        connection.onEvent = { if $0.members.string("event") == "ready" { ready.settle(.success(())) } }
        let answer = Task { () -> Result<WorkerMessage, HostProblem> in
            defer { ready.settle(.failure(Failure(.internal, "the fork was answered"))) }
            do throws(HostProblem) {
                return .success(try await seat.ask(within: Self.forkTimeout) { WorkerCommand.fork(id: $0) })
            } catch { return .failure(error) }
        }
        var made: [Seat] = []
        var problem: Failure?
        if (try? await ready.value()) != nil {
            if hasOthers {
                problem = Failure(
                    .failedPrecondition, "processes run in the background, which would stay with one branch")
            }
            while made.count < count, problem == nil {
                let some = await branches(of: seat, family, min(Self.atOnce, count - made.count))
                made += some.made
                problem = some.problem
            }
            if !connection.pass(Array("{}\n".utf8), descriptors: []) { problem = problem ?? Self.lost }
        }
        do throws(HostProblem) {
            let message = try await answer.value.get()
            try await seat.read { () throws in try message.requireOK() }
            if let problem { throw Self.refusal("not_forkable", problem.message) }
            return made
        } catch {
            for seat in made { await seat.release() }
            throw error
        }
    }

    /// Some branches, all at the same time.
    private func branches(
        of seat: Seat, _ family: String, _ count: Int
    ) async -> (made: [Seat], problem: Failure?) {
        let forks = (0..<count).map { _ in
            Task { () -> Result<Seat, Failure> in
                do throws(Failure) {
                    return .success(
                        try await makeBranch { (name) async throws(Failure) in
                            try await self.branch(of: seat, named: name, in: family)
                        })
                } catch { return .failure(error) }
            }
        }
        var made: [Seat] = []
        var problem: Failure?
        for fork in forks {
            switch await fork.value {
            case .success(let seat): made.append(seat)
            case .failure(let failure): problem = problem ?? failure
            }
        }
        return (made, problem)
    }

    private func branch(of seat: Seat, named name: String, in family: String) async throws(Failure) -> Seat {
        let limits = configuration.launch.limits
        let scratch = try await sandbox.openScratch(name, in: family, bytes: limits.disk, inodes: limits.inodes)
        do throws(Failure) {
            let fence = try await sandbox.fence(session: name, limits: limits)
            do throws(Failure) {
                let connection = try await branch(of: seat, scratch: scratch, fence: fence)
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
        of seat: Seat, scratch: String, fence: any SessionFence
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
