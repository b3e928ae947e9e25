import JSON
import Spaces

/// What a worker sent: one line, and the arrays that followed it.
public struct WorkerMessage: Sendable {
    public let members: JSONMembers
    /// By the JSON pointer of the place in the line that each fills.
    public var tensors: [String: Tensor]

    init(members: JSONMembers, tensors: [String: Tensor] = [:]) {
        self.members = members
        self.tensors = tensors
    }

    /// The arrays at or below a member, by pointers that begin at the member.
    func tensors(below member: String) -> [String: Tensor] {
        if tensors.isEmpty { return [:] }
        var found: [String: Tensor] = [:]
        let prefix = "/" + member
        for (pointer, tensor) in tensors where pointer == prefix || pointer.hasPrefix(prefix + "/") {
            found[String(pointer.dropFirst(prefix.count))] = tensor
        }
        return found
    }
}

/// A reply breaks the protocol: the session cannot go on, because its next answer could belong to another call.
public struct MalformedReply: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    /// How the description of a line begins that is no JSON at all.
    public static let noJSON = "a reply is no JSON"

    public init(_ description: String) { self.description = description }
}

/// The worker understood a command and refuses it or failed at it; the session goes on.
public struct WorkerError: Error, Sendable, Equatable {
    /// As in `docs/worker-protocol.md`; version 1 has none and gets `environment_error`.
    public let code: String
    /// As the worker wrote it; nil where it wrote none.
    public let reason: String?

    public init(code: String, message: String?) {
        self.code = code
        reason = message
    }

    public var message: String { reason ?? "the worker gave no reason" }

    /// Whether the command certainly changed nothing.
    public var hadNoEffect: Bool {
        [
            "bad_request", "unknown_command", "not_initialized", "not_reset", "episode_over", "invalid_action",
            "unsupported",
        ]
        .contains(code)
    }
}

/// One value, or one for each agent of a parallel environment.
public enum PerAgent<Value: Sendable>: Sendable {
    case single(Value)
    case each([(agent: String, value: Value)])

    /// Nil for a single value.
    public var agents: Set<String>? {
        switch self {
        case .single: nil
        case .each(let values): Set(values.map(\.agent))
        }
    }
}

/// The answer to a reset or a step, checked but for the observation's space.
public struct StepReply: Sendable {
    /// JSON, with null where a tensor belongs.
    public let observation: ArraySlice<UInt8>
    /// By JSON pointers that begin at the observation.
    public let tensors: [String: Tensor]
    /// A finite number, or nil where the environment gave none.
    public let reward: PerAgent<Double?>
    public let terminated: PerAgent<Bool>
    public let truncated: PerAgent<Bool>
    /// A JSON object.
    public let info: ArraySlice<UInt8>
    /// Who acts next in a turn-based environment.
    public let agent: String?
    /// Version 1 wrote `"reward":null`, where it might have left the reward out.
    public var hasNullReward = false
    /// Of a vector session, instead of reward and flags.
    public var rows: RowResults?

    public init(
        observation: ArraySlice<UInt8>, tensors: [String: Tensor] = [:], reward: PerAgent<Double?>,
        terminated: PerAgent<Bool>, truncated: PerAgent<Bool>, info: ArraySlice<UInt8>, agent: String? = nil
    ) {
        self.observation = observation
        self.tensors = tensors
        self.reward = reward
        self.terminated = terminated
        self.truncated = truncated
        self.info = info
        self.agent = agent
    }

    /// Whether the episode is over for everyone who is named.
    public var isOver: Bool {
        switch (terminated, truncated) {
        case (.single(let terminated), .single(let truncated)): terminated || truncated
        case (.each(let ended), .each(let cut)):
            !ended.isEmpty
                && ended.allSatisfy { agent, flag in flag || cut.contains { $0.agent == agent && $0.value } }
        default: false
        }
    }
}
