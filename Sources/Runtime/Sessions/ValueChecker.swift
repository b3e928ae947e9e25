import Foundations
import JSON
import Spaces
import Workers

/// Checks actions and observations against a session's spaces, and makes their canonical bytes in the same pass.
struct ValueChecker: Sendable {
    let spaces: SessionSpaces
    /// Parallel agents: values are objects by agent, and an agent that left has none. In a turn-based environment a
    /// value is that of the agent who acts next.
    let agents: [String]?
    let validation: LaunchPlan.Validation
    /// With `sampled`: every 16th reply is checked.
    private var replies = 0
    /// Who acts next, where agents take turns.
    private var turn: String?

    init(spaces: SessionSpaces, agents: [String]?, validation: LaunchPlan.Validation) {
        self.spaces = spaces
        self.agents = agents
        self.validation = validation
    }

    /// - Parameter sent: One JSON value, as the caller sent it, with the arrays that came as bytes.
    /// - Throws: `invalid_action` naming the path and the bound, or `malformed_json`.
    func checkedAction(_ sent: SplitJSON) throws(Failure) -> CheckedAction {
        var canonical: [UInt8] = []
        do throws(ScanError) {
            try scan(sent.text[...], sent.tensors, spaces.action, turn, checks: true, into: &canonical)
        } catch {
            let failure = error.failure(.invalidAction)
            throw Failure(
                failure.code, "the action is not in the action space: \(failure.message)",
                next: "send a value of action_space, as the session object tells it", details: failure.details)
        }
        return CheckedAction(sent, canonical: canonical)
    }

    mutating func checkObservation(_ reply: StepReply, canonical: inout [UInt8]) throws(ScanError) {
        replies += 1
        let checks =
            switch validation {
            case .full: true
            case .sampled: replies % 16 == 1
            case .off: false
            }
        if let agent = reply.agent { turn = agent }
        try scan(reply.observation, reply.tensors, spaces.observation, turn, checks: checks, into: &canonical)
    }

    /// The space of exactly what the last reply holds; nil where that is none.
    func observationSpace(of reply: StepReply) -> Space? {
        reply.observation.withUnsafeBufferPointer { try? space(spaces.observation, of: turn, JSONReader($0)) }
    }

    private func scan(
        _ raw: ArraySlice<UInt8>, _ tensors: [String: Tensor], _ space: Space, _ agent: String?, checks: Bool,
        into canonical: inout [UInt8]
    ) throws(ScanError) {
        var bytes: [UInt8]? = canonical
        canonical = []
        try raw.withUnsafeBufferPointer { (buffer) throws(ScanError) in
            var reader = JSONReader(buffer)
            let space = try self.space(space, of: agent, reader)
            try space.scan(&reader, tensors: tensors, canonical: &bytes, check: checks)
            do throws(JSONError) { try reader.finish() } catch { throw .malformed(error) }
        }
        canonical = bytes ?? []
    }

    /// The part of a space that a value has: all of it, that of the agents in it, or that of the one agent.
    private func space(_ space: Space, of agent: String?, _ reader: JSONReader) throws(ScanError) -> Space {
        guard let agents, case .dict(let byAgent) = space, byAgent.members.allSatisfy({ agents.contains($0.key) })
        else {
            return space
        }
        guard let agent else {
            var ahead = reader
            return try present(of: byAgent, &ahead)
        }
        guard let member = byAgent.members.first(where: { $0.key == agent }) else {
            throw .mismatch(Mismatch(pointer: "", problem: "\"\(agent.prefix(80))\" is no agent of the environment"))
        }
        return member.space
    }

    /// The Dict of those agents that have a value.
    private func present(of spaces: Space.Dict, _ reader: inout JSONReader) throws(ScanError) -> Space {
        var keys = Set<String>()
        do throws(JSONError) {
            guard try reader.peekKind() == .object else { return .dict(spaces) }
            try reader.beginObject()
            while let key = try reader.nextKey() {
                keys.insert(key)
                try reader.skipValue()
            }
        } catch { throw .malformed(error) }
        return .dict(Space.Dict(spaces.members.filter { keys.contains($0.key) }))
    }
}
