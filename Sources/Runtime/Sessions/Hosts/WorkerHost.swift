import Foundations
import JSON
import Reactor
import Sandboxes
import Spaces
import Workers

/// A session's worker: speaks either version of the protocol and says why it ended.
@Reactor
final class WorkerHost: SessionHost {
    let spaces: SessionSpaces
    var agents: [String]? { seat.greeting?.agents }
    var isolation: String { seat.isolation.summary }

    let plan: LaunchPlan
    let seat: Seat
    let interruptGrace: Duration
    /// Takes back what it lent; nil where it cannot be forked.
    let pool: SeatPool?
    let known: SpaceCache
    private let onReleased: @Reactor () -> Void
    private var endHandler: (@Reactor (FailureReason, String) -> Void)?
    private var release: Task<Void, Never>?

    static func open(
        _ plan: LaunchPlan, seat: Seat, of pool: SeatPool? = nil, known: SpaceCache, interruptGrace: Duration,
        onReleased: @escaping @Reactor () -> Void
    ) async throws(Failure) -> WorkerHost {
        try checkInstance(plan, seat.greeting)
        do throws(HostProblem) {
            let spaces = try await seat.initialize(plan, known: known)
            return WorkerHost(plan, seat, spaces, interruptGrace, pool, known, onReleased)
        } catch {
            throw failure(ofStart: error)
        }
    }

    /// What a caller is told when `init` was not done.
    static func failure(ofStart problem: HostProblem) -> Failure {
        switch problem {
        case .refused(let error):
            let failure = Failure(worker: error)
            return Failure(
                failure.code, failure.message,
                next: failure.code == .environmentError
                    ? "try other parameters or another instance; corral env validate --run shows what the worker prints"
                    : failure.next,
                details: failure.details)
        case .ended(let reason, let text):
            return Failure(
                reason == .timeout ? .deadlineExceeded : .sessionFailed, text,
                next: "look at what the worker prints, then try again", details: ["reason": reason.rawValue])
        }
    }

    static func checkInstance(_ plan: LaunchPlan, _ greeting: WorkerGreeting?) throws(Failure) {
        guard case .worker = plan.instances, let instance = plan.instance, let known = greeting?.instances,
            !known.contains(instance)
        else { return }
        let hint = nearest(to: instance, among: known).map { "did you mean \"\($0)\"?" }
        throw Failure(
            .notFound, "\(plan.reference) has no instance \"\(instance.prefix(200))\"",
            next: hint ?? "GET the environment for the list")
    }

    init(
        _ plan: LaunchPlan, _ seat: Seat, _ spaces: SessionSpaces, _ interruptGrace: Duration, _ pool: SeatPool?,
        _ known: SpaceCache, _ onReleased: @escaping @Reactor () -> Void
    ) {
        self.plan = plan
        self.seat = seat
        self.spaces = spaces
        self.interruptGrace = interruptGrace
        self.pool = pool
        self.known = known
        self.onReleased = onReleased
    }

    var capabilities: Set<WorkerGreeting.Capability> { seat.greeting?.capabilities ?? [] }
    func logs(last count: Int) -> [String] { seat.connection.log.lines(last: count) }
    func usage() async -> SandboxUsage { await seat.usage() }

    func onEnd(_ handler: @escaping @Reactor (FailureReason, String) -> Void) {
        endHandler = handler
        if let problem = seat.connection.problem { report(problem) }
        seat.connection.onEnd = { [weak self] problem in self?.report(problem) }
    }

    func reset(seed: Int64?, options: JSONObject) async throws(HostProblem) -> StepReply {
        if seat.connection.dialect == .v1 {
            guard options.isEmpty else {
                throw .refused(WorkerError(code: "unsupported", message: "\(plan.reference) takes no reset options"))
            }
            let message = try await seat.ask(within: plan.times.reset) { [plan] _ in
                WorkerCommand.initializeV1(instance: plan.instance ?? "", parameters: plan.parameters)
            }
            return try await seat.read { () throws in try message.replyV1(isStep: false) }
        }
        let message = try await seat.ask(within: plan.times.reset) {
            WorkerCommand.reset(id: $0, seed: seed, options: options)
        }
        return try await seat.read { () throws in try message.resetReply() }
    }

    func step(action: [UInt8]) async throws(HostProblem) -> StepReply {
        if seat.connection.dialect == .v1 {
            let message = try await seat.ask(within: plan.times.step) { _ in WorkerCommand.stepV1(action: action) }
            return try await seat.read { () throws in try message.replyV1(isStep: true) }
        }
        let message = try await seat.ask(within: plan.times.step) { WorkerCommand.step(id: $0, action: action) }
        return try await seat.read { () throws in try message.stepReply(agents: agents) }
    }

    func render(mode: String?) async throws(HostProblem) -> Frame {
        guard capabilities.contains(.render) else {
            throw .refused(WorkerError(code: "unsupported", message: "\(plan.reference) cannot render"))
        }
        let message = try await seat.ask(within: plan.times.step) { WorkerCommand.render(id: $0, mode: mode) }
        return try await seat.read { () throws in try message.frame() }
    }

    func interrupt() {
        guard let command = seat.connection.commandInFlight else { return }
        seat.connection.interrupt()
        Reactor.schedule(at: .now + interruptGrace) { [weak self] in
            guard let self, seat.connection.commandInFlight == command else { return }
            endHandler?(.timeout, "the step did not end within \(interruptGrace) of the interrupt")
        }
    }

    func close() async {
        if release == nil {
            release = Task {
                await seat.release()
                onReleased()
            }
        }
        await release?.value
    }

    private func report(_ problem: WorkerConnection.Problem) {
        let handler = endHandler
        endHandler = nil
        Task {
            let (reason, text) = await seat.explain(problem)
            handler?(reason, text)
        }
    }
}

extension Seat {
    /// The spaces of a session, after `init` where the protocol has one; the manifest's own come first.
    func initialize(_ plan: LaunchPlan, known: SpaceCache) async throws(HostProblem) -> SessionSpaces {
        guard connection.dialect != .v1 else {
            if let key = WorkerCommand.reservedV1.first(where: { plan.parameters[$0] != nil }) {
                throw .refused(WorkerError(code: "bad_request", message: "the parameter \"\(key)\" cannot be set"))
            }
            return try await read { () throws in
                let text = Space.text(try Space.Text(minimum: 0))
                return SessionSpaces(observation: plan.observationSpace ?? text, action: plan.actionSpace ?? text)
            }
        }
        let message = try await initialized(as: plan)
        return try await read { () throws in
            try known.spaces(of: message, plan)
        }
    }

    /// Has the worker make the environment of a plan before a session takes it; where that fails, the session's own
    /// attempt tells why.
    func initializeAhead(_ plan: LaunchPlan) async {
        guard connection.dialect == .v2, let answer = try? await initialized(as: plan),
            (try? answer.requireOK()) != nil
        else { return }
        initialization = (Self.initCommand(of: plan), answer)
    }

    /// The answer to `init`, which may have been given ahead.
    private func initialized(as plan: LaunchPlan) async throws(HostProblem) -> WorkerMessage {
        let ahead = initialization
        initialization = nil
        if let ahead, ahead.command == Self.initCommand(of: plan) { return ahead.answer }
        let answer = await connection.untilCancelled { () -> Result<WorkerMessage, HostProblem> in
            do throws(HostProblem) {
                return .success(try await ask(within: plan.times.start) { Self.initCommand(of: plan, id: $0) })
            } catch { return .failure(error) }
        }
        return try answer.get()
    }

    /// What asks for the environment of a plan.
    static func initCommand(of plan: LaunchPlan, id: Int = 0) -> [UInt8] {
        WorkerCommand.initialize(id: id, instance: plan.instance, parameters: plan.parameters, seed: nil)
    }

    func ask(within timeout: Duration, _ command: (Int) -> [UInt8]) async throws(HostProblem) -> WorkerMessage {
        do throws(WorkerConnection.Problem) {
            return try await connection.exchange(timeout: timeout, command)
        } catch .commandTooLong(let limit) {
            let text = "the request is longer than the \(limit) bytes that a worker takes"
            throw .refused(WorkerError(code: "bad_request", message: text))
        } catch {
            let (reason, text) = await explain(error)
            throw .ended(reason, text)
        }
    }

    func read<Value>(_ body: () throws -> Value) async throws(HostProblem) -> Value {
        do {
            return try body()
        } catch let error as WorkerError {
            throw .refused(error)
        } catch {
            throw .ended(.replyMalformed, "\(error)")
        }
    }

    /// Why a connection ended, in the session's terms: the fence knows more than the closed socket.
    func explain(_ problem: WorkerConnection.Problem) async -> (FailureReason, String) {
        switch problem {
        case .timeout: return (.timeout, "the worker gave no answer in time")
        case .commandTooLong(let limit): return (.lineTooLong, "a command is longer than \(limit) bytes")
        case .malformed(let text): return (.replyMalformed, text)
        case .lineTooLong(let limit): return (.lineTooLong, "a line of the worker is longer than \(limit) bytes")
        case .closed: return (.workerExited, "the worker was ended")
        case .ended:
            let usage = await usage()
            if usage.outOfMemoryKills > 0 { return (.outOfMemory, "the worker used up its memory") }
            if usage.refusedProcesses > 0 { return (.pids, "the worker used up its processes and ended") }
            if await wasEndedFromOutside() {
                return (.sandbox, "the container of the worker was ended from outside, by its engine or by hand")
            }
            let lines = connection.log.lines(last: 20).joined(separator: "\n")
            return (.workerExited, "the worker ended by itself" + (lines.isEmpty ? "" : ":\n\(lines)"))
        }
    }
}

extension SpaceCache {
    /// The spaces in the answer to `init`.
    func spaces(of message: WorkerMessage, _ plan: LaunchPlan) throws -> SessionSpaces {
        let described = ["status", "observation_space", "action_space"].flatMap { message.members[$0] ?? [] }
        return try spaces(of: described + plan.digest.utf8) { try message.spaces(plan) }
    }
}

extension WorkerMessage {
    /// The answer to `init`.
    fileprivate func spaces(_ plan: LaunchPlan) throws -> SessionSpaces {
        try requireOK()
        return SessionSpaces(
            observation: try plan.observationSpace ?? space("observation_space"),
            action: try plan.actionSpace ?? space("action_space"))
    }

    private func space(_ key: String) throws -> Space {
        guard let json = members.value(key), !json.isNull else { throw MalformedReply("init gave no \(key)") }
        if json["type"] == nil, let byAgent = json.object {
            return .dict(Space.Dict(try byAgent.map { .init(key: $0.key, space: try Space(json: $0.value)) }))
        }
        return try Space(json: json)
    }

    /// The answer to `render`.
    func frame() throws -> Frame {
        try requireOK()
        if let pixels = tensors["/frame"] { return .pixels(try Self.checked(pixels)) }
        guard let value = members.value("frame") else { throw MalformedReply("the reply has no frame") }
        if let text = value.string { return .text(text) }
        var shape: [Int] = []
        var inner: JSONValue? = value
        while let array = inner?.array {
            shape.append(array.count)
            inner = array.first
        }
        return .pixels(try Self.checked(Tensor(value, dtype: .uint8, shape: shape)))
    }

    private static func checked(_ pixels: Tensor) throws(MalformedReply) -> Tensor {
        guard pixels.dtype == .uint8, pixels.shape.count == 3, [1, 3, 4].contains(pixels.shape[2]) else {
            throw MalformedReply("a frame has to be uint8 of shape [height, width, 3]")
        }
        return pixels
    }
}
