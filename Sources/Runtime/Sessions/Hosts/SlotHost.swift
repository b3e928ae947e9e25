import Foundations
import JSON
import Reactor
import Sandboxes
import Spaces
import Workers

/// A session's environment in a worker that holds several.
@Reactor
final class SlotHost: SessionHost {
    let spaces: SessionSpaces
    private let plan: LaunchPlan
    private let worker: SharedWorker
    private let slot: Int
    private let onReleased: @Reactor () async -> Void
    private var release: Task<Void, Never>?

    static func open(
        _ plan: LaunchPlan, worker: SharedWorker, slot: Int, known: SpaceCache,
        onReleased: @escaping @Reactor () async -> Void
    ) async throws(Failure) -> SlotHost {
        try WorkerHost.checkInstance(plan, worker.seat.greeting)
        worker.open(slot)
        do throws(HostProblem) {
            let message = try await worker.ask(within: plan.times.start) {
                WorkerCommand.initialize(
                    id: $0, instance: plan.instance, parameters: plan.parameters, seed: nil, slot: slot)
            }
            let spaces = try await worker.seat.read { () throws in try known.spaces(of: message, plan) }
            return SlotHost(plan, worker, slot, spaces, onReleased)
        } catch {
            worker.forget(slot)
            throw WorkerHost.failure(ofStart: error)
        }
    }

    private init(
        _ plan: LaunchPlan, _ worker: SharedWorker, _ slot: Int, _ spaces: SessionSpaces,
        _ onReleased: @escaping @Reactor () async -> Void
    ) {
        self.plan = plan
        self.worker = worker
        self.slot = slot
        self.spaces = spaces
        self.onReleased = onReleased
    }

    /// An interrupt would end the steps of all.
    var capabilities: Set<WorkerGreeting.Capability> {
        (worker.seat.greeting?.capabilities ?? []).subtracting([.interrupt])
    }
    var agents: [String]? { worker.seat.greeting?.agents }
    var isolation: String {
        worker.seat.isolation.summary
            + "; the process is shared with up to \((plan.worker?.sessionsPerWorker ?? 1) - 1) other sessions"
    }

    func logs(last count: Int) -> [String] { worker.seat.connection.log.lines(last: count) }
    func usage() async -> SandboxUsage { await worker.seat.usage() }
    func onEnd(_ handler: @escaping @Reactor (FailureReason, String) -> Void) { worker.onEnd(of: slot, handler) }
    func interrupt() {}

    func reset(seed: Int64?, options: JSONObject) async throws(HostProblem) -> StepReply {
        let message = try await worker.ask(within: plan.times.reset) { [slot] in
            WorkerCommand.reset(id: $0, seed: seed, options: options, slot: slot)
        }
        return try await worker.seat.read { () throws in try message.resetReply() }
    }

    func step(action: [UInt8]) async throws(HostProblem) -> StepReply {
        let message = try await worker.step(slot: slot, action: action)
        return try await worker.seat.read { () throws in try message.stepReply(agents: agents) }
    }

    func render(mode: String?) async throws(HostProblem) -> Frame {
        guard capabilities.contains(.render) else {
            throw .refused(WorkerError(code: "unsupported", message: "\(plan.reference) cannot render"))
        }
        let message = try await worker.ask(within: plan.times.step) { [slot] in
            WorkerCommand.render(id: $0, mode: mode, slot: slot)
        }
        return try await worker.seat.read { () throws in try message.frame() }
    }

    func close() async {
        if release == nil {
            release = Task {
                worker.forget(slot)
                if worker.isUsable {
                    _ = try? await worker.ask(within: plan.times.step) { [slot] in
                        WorkerCommand.drop(id: $0, slot: slot)
                    }
                }
                await onReleased()
            }
        }
        await release?.value
    }
}
