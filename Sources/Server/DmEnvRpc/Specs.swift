import Foundations
import JSON
import Protos
import Sessions
import Spaces
import Workers

/// How a session looks in dm_env_rpc: its tensors by UID, and the two that every world has beside its observations.
struct Specs: Sendable {
    let actions: [TensorLeaf]
    let observations: [TensorLeaf]
    /// The agents of a parallel environment: reward and discount are by agent.
    let agents: [String]
    private let actionSpace: Space

    init(_ spaces: SessionSpaces, agents: [String]?) {
        actions = TensorLeaf.leaves(of: spaces.action, fallback: "action")
        let own = TensorLeaf.leaves(of: spaces.observation, fallback: "observation")
        let taken = own.contains { ["reward", "discount"].contains($0.name.split(separator: ".").first) }
        observations =
            taken
            ? own.map { TensorLeaf(name: "observation.\($0.name)", path: $0.path, kind: $0.kind) } : own
        self.agents = agents ?? []
        actionSpace = spaces.action
    }

    var message: V1.ActionObservationSpecs {
        var specs = V1.ActionObservationSpecs()
        for (uid, leaf) in actions.enumerated() { specs.actions[UInt64(uid) + 1] = leaf.spec }
        for (uid, leaf) in observations.enumerated() { specs.observations[UInt64(uid) + 1] = leaf.spec }
        for (offset, outcome) in outcomes.enumerated() {
            specs.observations[UInt64(observations.count + offset) + 1] = outcome.spec
        }
        return specs
    }

    /// Reward and discount, of each agent where there are several.
    enum Outcome: Sendable {
        case reward(agent: String?)
        case discount(agent: String?)

        var spec: V1.TensorSpec {
            var spec = V1.TensorSpec()
            spec.dtype = .double
            switch self {
            case .reward(let agent): spec.name = agent.map { "reward.\($0)" } ?? "reward"
            case .discount(let agent):
                spec.name = agent.map { "discount.\($0)" } ?? "discount"
                (spec.min, spec.max) = (.double(0), .double(1))
            }
            return spec
        }
    }

    var outcomes: [Outcome] {
        agents.isEmpty
            ? [.reward(agent: nil), .discount(agent: nil)]
            : agents.map { .reward(agent: $0) } + agents.map { .discount(agent: $0) }
    }

    /// - Throws: `invalid_argument` naming a UID that is none.
    func checkRequested(_ uids: [UInt64]) throws(Failure) {
        let count = UInt64(observations.count + outcomes.count)
        for uid in uids where !(1...count).contains(uid) {
            throw Failure(.invalidArgument, "there is no observation with the UID \(uid)")
        }
    }

    /// The observations that were asked for; those of agents that have left are not there.
    func tensors(_ uids: [UInt64], of answer: CallAnswer) throws(Failure) -> [UInt64: V1.Tensor] {
        var tensors: [UInt64: V1.Tensor] = [:]
        var value: Value?
        for uid in Set(uids) {
            let place = Int(uid) - 1
            guard observations.indices.contains(place) else {
                tensors[uid] = outcome(outcomes[place - observations.count], of: answer.reply)
                continue
            }
            let whole: Value
            if let value { whole = value } else { whole = try answer.observationValue() }
            value = whole
            let leaf = observations[place]
            guard let part = whole.part(leaf.path) else { continue }
            tensors[uid] = try leaf.tensor(of: part)
        }
        return tensors
    }

    private func outcome(_ outcome: Outcome, of reply: StepReply) -> V1.Tensor {
        switch outcome {
        case .reward(let agent):
            switch reply.reward {
            case .single(let reward): return V1.Tensor(reward ?? .nan)
            case .each(let each): return V1.Tensor(each.first { $0.agent == agent }?.value ?? .nan)
            }
        case .discount(let agent):
            switch reply.terminated {
            case .single(let flag): return V1.Tensor(flag ? 0 : 1.0)
            case .each(let each): return V1.Tensor(each.first { $0.agent == agent }?.value ?? true ? 0 : 1.0)
            }
        }
    }

    /// The action that tensors say. What they leave out is its resting value: 0, or what is nearest to it; an empty text.
    ///
    /// - Throws: `invalid_argument` naming a UID that is none, or a tensor that has another type or shape than its spec.
    func action(_ tensors: [UInt64: V1.Tensor]) throws(Failure) -> [UInt8] {
        var parts: [[TensorLeaf.Step]: JSONValue] = [:]
        for (uid, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            guard (1...UInt64(max(1, actions.count))).contains(uid), !actions.isEmpty else {
                throw Failure(.invalidArgument, "there is no action with the UID \(uid)")
            }
            let leaf = actions[Int(uid) - 1]
            parts[leaf.path] = try leaf.value(of: tensor)
        }
        return try json(actionSpace, [], parts).encoded()
    }

    private func json(
        _ space: Space, _ path: [TensorLeaf.Step], _ parts: [[TensorLeaf.Step]: JSONValue]
    ) throws(Failure) -> JSONValue {
        if let part = parts[path] { return part }
        switch space {
        case .dict(let dict):
            var object = JSONObject()
            for member in dict.members {
                object[member.key] = try json(member.space, path + [.key(member.key)], parts)
            }
            return .object(object)
        case .tuple(let spaces):
            var list: [JSONValue] = []
            for (place, space) in spaces.enumerated() { list.append(try json(space, path + [.place(place)], parts)) }
            return .array(list)
        default: return space.restingValue
        }
    }
}

extension V1.TensorSpec.Value {
    fileprivate static func double(_ number: Double) -> V1.TensorSpec.Value {
        var array = V1.Tensor.DoubleArray()
        array.array = [number]
        var value = V1.TensorSpec.Value()
        value.payload = .doubles(array)
        return value
    }
}

extension CallAnswer {
    /// The observation with its arrays as tensors.
    fileprivate func observationValue() throws(Failure) -> Value {
        guard let space else { throw Failure(.internal, "the observation's space is not known any more") }
        do throws(ScanError) {
            return try space.value(of: Array(reply.observation), tensors: reply.tensors)
        } catch { throw error.failure(.internal) }
    }
}

extension Value {
    fileprivate func part(_ path: [TensorLeaf.Step]) -> Value? {
        var value = self
        for step in path {
            switch (step, value) {
            case (.key(let key), .dict(let members)):
                guard let member = members.first(where: { $0.0 == key }) else { return nil }
                value = member.1
            case (.place(let place), .list(let values)) where values.indices.contains(place): value = values[place]
            default: return nil
            }
        }
        return value
    }
}
