import Foundations
import JSON
import Protos
import REST
import Sessions
import Spaces
import Workers

// What the runtime answers, as messages.

extension CorralV1.Value {
    init(_ answer: CallAnswer, tensors: Bool) throws(Failure) {
        self.init()
        guard tensors else {
            form = .json(try answer.observationJSON())
            return
        }
        let observation = try answer.splitObservation()
        if let only = observation.tensors[""] {
            form = .tensor(CorralV1.Tensor(only))
        } else {
            form = .tensors(try TensorForm.encode(observation))
        }
    }
}

extension CorralV1.Tensor {
    init(_ tensor: Tensor) {
        self.init()
        (dtype, shape, data) = (tensor.dtype.rawValue, tensor.shape.map(Int64.init), tensor.bytes)
    }
}

extension CorralV1.RowResults {
    init?(_ reply: StepReply) {
        guard let rows = reply.rows, let reward = rows.tensors["/reward"] else { return nil }
        self.init()
        self.reward = CorralV1.Tensor(reward)
        terminated = rows.tensors["/terminated"].map { CorralV1.Tensor($0) }
        truncated = rows.tensors["/truncated"].map { CorralV1.Tensor($0) }
    }
}

extension CorralV1.StepResponse {
    init(_ answer: CallAnswer, tensors: Bool) throws(Failure) {
        self.init()
        index = Int64(answer.index)
        episode = Int64(answer.episode)
        observation = try CorralV1.Value(answer, tensors: tensors)
        info = try answer.infoJSON()
        agent = answer.reply.agent ?? ""
        rows = CorralV1.RowResults(answer.reply)
        switch (answer.reply.reward, answer.reply.terminated, answer.reply.truncated) {
        case (.single(let reward), .single(let terminated), .single(let truncated)):
            (self.reward, self.terminated, self.truncated) = (reward, terminated, truncated)
        case (let rewards, let terminations, let truncations):
            for (agent, reward) in rewards.byAgent { agents[agent, default: .init()].reward = reward }
            for (agent, flag) in terminations.byAgent { agents[agent, default: .init()].terminated = flag }
            for (agent, flag) in truncations.byAgent { agents[agent, default: .init()].truncated = flag }
        }
    }
}

extension PerAgent {
    fileprivate var byAgent: [(agent: String, value: Value)] {
        switch self {
        case .single(let value): [("", value)]
        case .each(let each): each
        }
    }
}

extension CorralV1.ResetResponse {
    init(_ answer: CallAnswer, tensors: Bool) throws(Failure) {
        self.init()
        index = Int64(answer.index)
        episode = Int64(answer.episode)
        observation = try CorralV1.Value(answer, tensors: tensors)
        info = try answer.infoJSON()
        agent = answer.reply.agent ?? ""
        if case .reset(let seed) = answer.kind { self.seed = seed }
    }
}

extension CorralV1.Session {
    init(_ summary: SessionSummary, address: String) {
        self.init()
        let object = summary.json(address: address)
        json = object.encoded()
        id = "\(summary.id)"
        environment = summary.environment
        digest = summary.digest
        instance = summary.instance
        backend = summary.backend
        isolation = summary.isolation
        state = summary.phase.name
        reason = object["reason"]?.string ?? ""
        index = Int64(summary.index)
        episode = Int64(summary.episode)
        createdAt = summary.createdAt.rfc3339
        expiresAt = summary.expiresAt.rfc3339
        self.address = address
        labels = summary.labels
        parent = object["parent"]?.string ?? ""
        validation = summary.validation.rawValue
        agents = summary.agents ?? []
        trajectoryHash = summary.trajectoryHash ?? ""
        observationSpace = summary.spaces?.observation.json.encoded() ?? []
        actionSpace = summary.spaces?.action.json.encoded() ?? []
    }
}

extension CorralV1.Environment {
    /// - Parameter object: As REST tells it.
    init(_ object: JSONValue) {
        self.init()
        func text(_ key: String) -> String { object[key]?.string ?? "" }
        func texts(_ key: String) -> [String] { object[key]?.array?.compactMap(\.string) ?? [] }
        (reference, name, version, digest) = (text("reference"), text("name"), text("version"), text("digest"))
        (title, description, license) = (text("title"), text("description"), text("license"))
        (tags, gymnasium, backends) = (texts("tags"), texts("gymnasium"), texts("backends"))
        agents = text("agents")
        nondeterministic = object["nondeterministic"]?.bool ?? false
        json = object.encoded()
    }
}
