import Foundations
import JSON
import Reactor
import Sandboxes
import Workers

/// Workers forked from one zygote: the interpreter and the environment's modules are loaded once for all of them.
@Reactor
final class ZygoteSeats: SeatSource {
    let configuration: SeatConfiguration
    let sandbox: any Sandbox
    private let control: PacketSocket
    private let errors: Channel
    private var log = LogRing()
    private var forks: [String: Promise<Void>] = [:]
    private var lastFork = 0
    private let ready = Promise<Void>()
    /// The time of a fork counts from its turn, however many are asked for at once.
    private let turns = TurnQueue(width: 64)
    private(set) var isUsable = true
    private var room: MemoryRoom
    /// Seats that are being made, spare or in use.
    private var seats = 0
    var isEmpty: Bool { seats == 0 }

    /// How long a fork may take: it is milliseconds unless the machine is overloaded.
    static let forkTimeout = Duration.seconds(20)

    /// Starts the zygote; returns when it has imported the environment.
    ///
    /// - Throws: what the backend throws; `session_closed` when the task is cancelled; `session_failed` when the zygote fails or needs longer than the start time.
    static func start(
        _ configuration: SeatConfiguration, backend: any SandboxBackend, name: String
    ) async throws(Failure) -> ZygoteSeats {
        let plan = configuration.plan
        let launch = configuration.launch
        let packets = try Descriptor.socketPair(packets: true)
        let pipe = try Descriptor.pipe()
        let null = try openNull()
        let specification = SandboxSpecification(
            name: name, command: launch.command, environment: launch.environment, directory: launch.directory,
            mounts: launch.mounts,
            limits: configuration.familyLimits, network: launch.network, isShared: true, image: launch.image)
        let sandbox = try await backend.start(
            specification,
            descriptors: SandboxDescriptors(
                input: null.raw, output: null.raw, errors: pipe.second.raw, control: packets.second.raw))
        let control = try PacketSocket(packets.first)
        let errors = try Channel(pipe.first)
        let seats = ZygoteSeats(configuration, sandbox: sandbox, control: control, errors: errors)
        do throws(Failure) {
            let timer = Reactor.schedule(at: .now + plan.times.start) { seats.ended("it needs too long to start") }
            defer { timer.cancel() }
            try await seats.ready.valueUnlessCancelled()
        } catch {
            await seats.shutDown()
            throw error
        }
        return seats
    }

    private init(_ configuration: SeatConfiguration, sandbox: any Sandbox, control: PacketSocket, errors: Channel) {
        self.configuration = configuration
        self.sandbox = sandbox
        self.control = control
        self.errors = errors
        room = MemoryRoom(reserve: configuration.familyLimits.memory / 5)
        errors.onReceive = { [weak self] in self?.log.append($0) }
        control.onMessage = { [weak self] bytes, _ in self?.received(bytes) }
        control.onEnd = { [weak self] in self?.ended("it ended") }
    }

    func hasRoom() async -> Bool {
        if room.needsLook(at: .now) {
            let used = await sandbox.usage().memory
            room.looked(free: max(0, configuration.familyLimits.memory - used), at: .now)
        }
        return !room.isFull
    }

    func makeSeat() async throws(Failure) -> Seat {
        seats += 1
        do throws(Failure) {
            let seat = try await newSeat()
            own(seat)
            return seat
        } catch {
            seats -= 1
            throw error
        }
    }

    /// A branch of one of its seats, beside those that it makes itself.
    func makeBranch(_ make: @Reactor (_ name: String) async throws(Failure) -> Seat) async throws(Failure) -> Seat {
        seats += 1
        do throws(Failure) {
            let seat = try await make(try nextName())
            own(seat)
            return seat
        } catch {
            seats -= 1
            throw error
        }
    }

    private func own(_ seat: Seat) {
        seat.zygote = self
        seat.onReleased = { [weak self] in self?.seats -= 1 }
    }

    private func nextName() throws(Failure) -> String {
        guard isUsable else { throw failed("it ended") }
        room.started()
        lastFork += 1
        return "s\(lastFork)"
    }

    private func newSeat() async throws(Failure) -> Seat {
        await turns.enter()
        defer { turns.leave() }
        let launch = configuration.launch
        let name = try nextName()
        let scratch = try await sandbox.openScratch(
            name, in: name, bytes: launch.limits.disk, inodes: launch.limits.inodes)
        do throws(Failure) {
            return try await fork(name, scratch: scratch)
        } catch {
            try? await sandbox.closeScratch(name, in: name)
            throw error
        }
    }

    private func fork(_ name: String, scratch: String) async throws(Failure) -> Seat {
        let plan = configuration.plan
        let launch = configuration.launch
        let ends = try WorkerEnds.open()
        let connection = WorkerConnection(
            channel: ends.channel, errors: ends.errors, dialect: launch.dialect, lineLimit: configuration.lineLimit,
            logLimit: launch.logLimit)
        let started = Promise<Int32>()
        ends.channel.expectSender { process, bytes in
            let isStart = bytes.elementsEqual("{\"event\":\"started\"}\n".utf8)
            started.settle(
                isStart
                    ? .success(process) : .failure(Failure(.sessionFailed, "the fork said something else than started"))
            )
        }
        let request: JSONValue = [
            "op": "fork", "session": .string(name), "scratch": .string(scratch),
            "family": .string(scratch.parentFolder), "environment": [:],
            "files": .integer(Int64(launch.limits.files)),
        ]
        let forked = Promise<Void>()
        forks[name] = forked
        defer { forks[name] = nil }
        do throws(Failure) {
            try control.send(
                request.encoded(), descriptors: [ends.workerChannel.raw, ends.workerErrors.raw])
            _ = consume ends
            try await forked.value(within: Self.forkTimeout, or: self.failed("it does not fork"))
            connection.onEnd = { _ in started.settle(.failure(self.failed("the fork ended at once"))) }
            let process = try await started.value(within: Self.forkTimeout, or: self.failed("its fork does not start"))
            let fence = try await sandbox.fence(session: name, limits: launch.limits)
            fence.onEnd = { [weak connection] in connection?.processEnded() }
            do throws(Failure) {
                try await fence.admit(process)
                connection.onEnd = nil
                let greeting = try await connection.greet(timeout: plan.times.start)
                return Seat(
                    connection: connection, greeting: greeting,
                    place: .shared(sandbox, fence: fence, scratch: name, family: name))
            } catch {
                await fence.remove()
                throw error
            }
        } catch {
            connection.close()
            throw error
        }
    }

    func shutDown() async {
        ended("the server ends it")
        control.close()
        sandbox.kill()
        await sandbox.waitUntilGone()
        errors.close()
    }

    private func received(_ bytes: [UInt8]) {
        guard let message = try? JSONMembers(parsing: bytes), let op = message.string("op") else {
            return ended("it sent something that is no message")
        }
        let text = message.string("message") ?? "no reason given"
        switch (op, message.string("session")) {
        case ("ready", nil): ready.settle(.success(()))
        case ("failed", nil): ended(text)
        case ("forked", let name?): forks[name]?.settle(.success(()))
        case ("failed", let name?): forks[name]?.settle(.failure(failed(text)))
        default: break
        }
    }

    private func ended(_ text: String) {
        isUsable = false
        let failure = failed(text)
        ready.settle(.failure(failure))
        for fork in forks.values { fork.settle(.failure(failure)) }
    }

    private func failed(_ text: String) -> Failure {
        let lines = log.lines(last: 20).joined(separator: "\n")
        return Failure(
            .sessionFailed,
            "the zygote of \(configuration.plan.reference) failed: \(text)" + (lines.isEmpty ? "" : "\n\(lines)"),
            next: "check the environment with corral env validate, or look at what it prints",
            details: ["reason": "worker_exited"])
    }
}
