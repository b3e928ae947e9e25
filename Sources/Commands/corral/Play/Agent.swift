import Foundations
import JSON
import Spaces

/// Who chooses the actions of a run.
protocol Agent {
    /// For reports: `random`, `human`, or the name of the script.
    var name: String { get }
    /// Told of every new episode.
    mutating func begin()
    /// The next action; nil where the agent gives up the episode.
    ///
    /// - Parameter asks: What is wanted, at least one.
    mutating func act(on turn: Turn, asks: [Ask]) async throws(Failure) -> JSONValue?
}

extension Agent {
    mutating func begin() {}
}

/// One action that is wanted.
struct Ask: Sendable {
    /// Of several; nil for the only one.
    let agent: String?
    let space: Space
    /// Where the environment tells which actions are possible now.
    var offers: [JSONValue]?
}

extension Ask {
    /// Every action that the next step has to hold.
    static func all(of turn: Turn, space: Space, isShared: Bool) -> [Ask] {
        guard isShared, case .dict(let spaces) = space else {
            return [Ask(agent: nil, space: space, offers: offers(in: turn.info, for: space))]
        }
        let acting = turn.agent.map { [$0] } ?? turn.agents ?? []
        return acting.compactMap { agent in
            guard let space = spaces.members.first(where: { $0.key == agent })?.space else { return nil }
            let info = turn.info[agent] ?? .null
            return Ask(agent: agent, space: space, offers: offers(in: info, for: space))
        }
    }

    /// The action of a step from the answers to all that was asked.
    static func action(_ answers: [(ask: Ask, value: JSONValue)]) -> JSONValue {
        if let only = answers.first, only.ask.agent == nil { return only.value }
        var action = JSONObject()
        for answer in answers { action[answer.ask.agent ?? ""] = answer.value }
        return .object(action)
    }

    /// Texts under `admissible_commands` or `valid_actions`, and Gymnasium's `action_mask` of a Discrete.
    private static func offers(in info: JSONValue, for space: Space) -> [JSONValue]? {
        switch space {
        case .text:
            let texts = (info["admissible_commands"] ?? info["valid_actions"])?.array?.filter { space.contains($0) }
            return texts.flatMap { $0.isEmpty ? nil : $0 }
        case .discrete(let discrete):
            guard let mask = info["action_mask"]?.array, Int64(mask.count) == discrete.n else { return nil }
            let allowed = mask.indices.filter { mask[$0].integer == 1 || mask[$0] == true }
            return allowed.isEmpty ? nil : allowed.map { .integer(discrete.start + Int64($0)) }
        default: return nil
        }
    }
}
