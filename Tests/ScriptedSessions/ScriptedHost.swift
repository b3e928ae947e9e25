import Foundations
import JSON
import Reactor
import Sandboxes
import Sessions
import Spaces
import Workers

/// A session host that answers as the test says.
@Reactor
public final class ScriptedHost: SessionHost {
    public enum Call: Sendable, Equatable {
        case reset(seed: Int64?, options: JSONObject)
        case step(String)
        case render(String?)
        case interrupt
    }

    public let spaces: SessionSpaces
    public var capabilities: Set<WorkerGreeting.Capability>
    public let agents: [String]?
    public let isolation = "scripted"
    public private(set) var calls: [Call] = []
    public private(set) var isClosed = false
    /// Resets and steps pass here before they are answered; open by default.
    public let gate = Gate(open: true)
    /// Closing passes here; open by default.
    public let closing = Gate(open: true)
    /// By default: `[0.0,n]` with n the number of the step since the last reset, reward 1, never over.
    public var answer: @Reactor (Call) throws(HostProblem) -> StepReply
    public var frame: Result<Frame, WorkerError> = .success(.text("frame"))
    public var lines = ["a line"]
    public var used = SandboxUsage()
    private var onEnd: (@Reactor (FailureReason, String) -> Void)?
    private let onClosed: @Reactor () -> Void

    public init(
        spaces: SessionSpaces, capabilities: Set<WorkerGreeting.Capability> = [.seed, .render, .interrupt],
        agents: [String]? = nil, onClosed: @escaping @Reactor () -> Void = {}
    ) {
        self.spaces = spaces
        self.capabilities = capabilities
        self.agents = agents
        self.onClosed = onClosed
        var steps = 0
        answer = { call throws(HostProblem) in
            if case .reset = call { steps = 0 } else { steps += 1 }
            return StepReply.scripted("[0.0,\(steps)]", reward: steps == 0 ? nil : 1)
        }
    }

    public func reset(seed: Int64?, options: JSONObject) async throws(HostProblem) -> StepReply {
        try await run(.reset(seed: seed, options: options))
    }

    public func step(action: [UInt8]) async throws(HostProblem) -> StepReply {
        try await run(.step(String(decoding: action, as: UTF8.self)))
    }

    private func run(_ call: Call) async throws(HostProblem) -> StepReply {
        calls.append(call)
        await gate.pass()
        if isClosed { throw .ended(.workerExited, "the worker was ended") }
        return try answer(call)
    }

    public func render(mode: String?) async throws(HostProblem) -> Frame {
        calls.append(.render(mode))
        await gate.pass()
        do throws(WorkerError) { return try frame.get() } catch { throw .refused(error) }
    }

    public func interrupt() { calls.append(.interrupt) }
    public func logs(last count: Int) -> [String] { lines.suffix(count) }
    public func usage() async -> SandboxUsage { used }
    public func onEnd(_ handler: @escaping @Reactor (FailureReason, String) -> Void) { onEnd = handler }

    /// The host ends by itself.
    public func die(_ reason: FailureReason, _ text: String = "it died") { onEnd?(reason, text) }

    public func close() async {
        await closing.pass()
        if isClosed { return }
        isClosed = true
        gate.open()
        onClosed()
    }
}

extension StepReply {
    public static func scripted(
        _ observation: String, reward: Double? = 1, terminated: Bool = false, truncated: Bool = false,
        info: String = "{}", tensors: [String: Tensor] = [:], agent: String? = nil
    ) -> StepReply {
        StepReply(
            observation: ArraySlice(observation.utf8), tensors: tensors, reward: .single(reward),
            terminated: .single(terminated), truncated: .single(truncated), info: ArraySlice(info.utf8), agent: agent)
    }
}
