import Foundations
import Glibc
import JSON
import Reactor
import Sandboxes
import Sessions
import Spaces
import VectorEnvironments
import Workers

/// A session that is an environment of this process: one, or the rows of a vector session.
@Reactor
final class NativeHost: SessionHost {
    let spaces: SessionSpaces
    let valueSpaces: SessionSpaces
    let rows: RowsOffer?
    let capabilities: Set<WorkerGreeting.Capability>
    let agents: [String]? = nil
    let isolation = "native: in the server's own process, whose code it is"

    private let environment: VectorEnvironment
    private let buffers: RowBuffers
    private let budget: RowBudget
    private var time = Duration.zero
    private var isClosed = false

    /// Rows from which calls are made away from the reactor: about 100 µs of work.
    private static let manyRows = 256

    /// - Parameters:
    ///   - rows: Nil: one environment, whose rows is one.
    ///   - budget: The rows were taken from it, and are given back when the host is closed.
    init(_ environment: VectorEnvironment, rows: RowsOffer?, budget: RowBudget) throws(Failure) {
        self.environment = environment
        self.rows = rows
        self.budget = budget
        let layout = environment.layout
        buffers = RowBuffers(layout, count: environment.count, keepsFinals: environment.autoreset == .sameStep)
        spaces = SessionSpaces(observation: layout.observationSpace, action: layout.actionSpace)
        valueSpaces =
            rows == nil
            ? spaces
            : SessionSpaces(
                observation: layout.observationSpace, action: try layout.actionSpace.repeated(environment.count))
        capabilities = environment.renderer == nil ? Self.abilities : Self.abilities.union([.render])
    }

    private static let abilities: Set<WorkerGreeting.Capability> = [.seed, .reseed, .fork, .snapshot]

    private init(copy environment: VectorEnvironment, _ buffers: RowBuffers, of other: NativeHost) {
        (self.environment, self.buffers, budget) = (environment, buffers, other.budget)
        (spaces, valueSpaces, rows, capabilities) = (other.spaces, other.valueSpaces, other.rows, other.capabilities)
    }

    var forkMechanisms: Set<ForkMechanism> { [.copy] }

    /// Hosts with the same future, random numbers included: copies of memory.
    func fork(_ count: Int, by mechanism: ForkMechanism) async throws(HostProblem) -> [any SessionHost] {
        guard mechanism == .copy else {
            throw .refused(WorkerError(code: "unsupported", message: "it is forked by copy only"))
        }
        let (environment, buffers) = (environment, buffers)
        @Sendable func copies() throws(Failure) -> [(VectorEnvironment, RowBuffers)] {
            try (0..<count).map { _ throws(Failure) in (try environment.copy(), buffers.copy()) }
        }
        do throws(Failure) {
            let rows = environment.count.multipliedReportingOverflow(by: count)
            try budget.take(rows.overflow ? .max : rows.partialValue)
            do throws(Failure) {
                let made = rows.partialValue < Self.manyRows ? try copies() : try await offload(copies)
                return made.map { NativeHost(copy: $0.0, $0.1, of: self) }
            } catch {
                budget.giveBack(rows.partialValue)
                throw error
            }
        } catch { throw error.refusal }
    }

    /// All that decides the future of its rows.
    func snapshot() throws(Failure) -> [UInt8] { try environment.snapshot() }

    /// Goes back to a snapshot of a host of the same version, parameters and rows.
    ///
    /// - Throws: `invalid_argument` for one that is not sound.
    func restore(_ snapshot: [UInt8]) throws(Failure) { try environment.restore(snapshot) }

    /// With several rows also what was seen last: a reset of some rows tells that of the others again.
    func saveState() async throws(HostProblem) -> [UInt8]? {
        do throws(Failure) { return try rows == nil ? snapshot() : snapshot() + buffers.bytes } catch {
            throw error.refusal
        }
    }

    func loadState(_ state: [UInt8]) async throws(HostProblem) {
        let own = environment.count * environment.recordBytes
        do throws(Failure) {
            guard rows != nil else { return try restore(state) }
            guard state.count == own + buffers.byteCount else {
                throw Failure(.invalidArgument, "the state is of another number of rows")
            }
            try restore(Array(state[..<own]))
            buffers.bytes = Array(state[own...])
        } catch { throw error.refusal }
    }

    func reseed(_ seed: Int64) async throws(HostProblem) {
        do throws(Failure) { try environment.reseed(UInt64(bitPattern: seed)) } catch { throw error.refusal }
    }

    func logs(last count: Int) -> [String] { [] }

    func usage() async -> SandboxUsage {
        var usage = SandboxUsage()
        usage.processorTime = time
        usage.memory = isClosed ? 0 : byteCount
        usage.peakMemory = byteCount
        return usage
    }

    private var byteCount: Int { buffers.byteCount + environment.recordBytes * environment.count }

    func reset(seed: Int64?, options: JSONObject) async throws(HostProblem) -> StepReply {
        let (environment, buffers, rows) = (environment, buffers, rows)
        return try await call { () throws(Failure) in
            let request = try ResetRequest(seed: seed, options, rows: rows?.count)
            try request.run(on: environment, into: buffers)
            return rows == nil ? buffers.reply(isStep: false) : buffers.rowsReply(isStep: false, environment.autoreset)
        }
    }

    private func step(_ action: @Sendable () throws(Failure) -> Value) async throws(HostProblem) -> StepReply {
        let (environment, buffers, rows) = (environment, buffers, rows)
        return try await call { () throws(Failure) in
            try buffers.put(action())
            try environment.step(actions: buffers.actions, into: buffers.outputs)
            return rows == nil ? buffers.reply(isStep: true) : buffers.rowsReply(isStep: true, environment.autoreset)
        }
    }

    func step(action: [UInt8]) async throws(HostProblem) -> StepReply {
        let space = valueSpaces.action
        return try await step { () throws(Failure) in
            do throws(ScanError) { return try space.value(of: action) } catch { throw error.failure(.invalidAction) }
        }
    }

    func step(_ action: CheckedAction) async throws(HostProblem) -> StepReply {
        try await step { () throws(Failure) in action.value }
    }

    func render(mode: String?) async throws(HostProblem) -> Frame { try await render(mode: mode, row: 0) }

    func render(mode: String?, row: Int) async throws(HostProblem) -> Frame {
        guard let renderer = environment.renderer, mode == nil || mode == "rgb_array" else {
            throw .refused(WorkerError(code: "unsupported", message: "it draws no frame of the mode \(mode ?? "any")"))
        }
        let environment = environment
        do throws(Failure) {
            return try await offload { () throws(Failure) in
                let pixels = try environment.render(row: row)
                return .pixels(
                    try Tensor(dtype: .uint8, shape: [renderer.height, renderer.width, 3], bytes: pixels))
            }
        } catch { throw error.refusal }
    }

    func interrupt() {}
    func onEnd(_ handler: @escaping @Reactor (FailureReason, String) -> Void) {}

    func close() async {
        guard !isClosed else { return }
        isClosed = true
        budget.giveBack(environment.count)
    }

    /// Runs a call here, or away from the reactor where there are many rows, and counts its time.
    private func call(_ body: @Sendable () throws(Failure) -> StepReply) async throws(HostProblem) -> StepReply {
        let start = ContinuousClock.now
        defer { time += .now - start }
        do throws(Failure) {
            if environment.count < Self.manyRows { return try body() }
            return try await offload(body)
        } catch { throw error.refusal }
    }
}

extension Failure {
    /// What a session makes of it: nothing has moved, whatever it is.
    fileprivate var refusal: HostProblem {
        let code =
            switch self.code {
            case .invalidAction: "invalid_action"
            case .episodeOver: "episode_over"
            case .notReset: "not_reset"
            case .unimplemented: "unsupported"
            default: "bad_request"
            }
        return .refused(WorkerError(code: code, message: next.isEmpty ? message : "\(message) (\(next))"))
    }
}
