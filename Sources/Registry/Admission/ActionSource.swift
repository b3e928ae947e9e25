import JSON
import Sessions
import Spaces
import Workers

/// A random agent: takes an action that the environment offers, else one of the action space. The same seed and answers
/// give the same actions.
struct ActionSource: Sendable {
    private var generator: SeededGenerator
    private let space: Space
    private let isShared: Bool
    /// Whether info can offer actions.
    private let readsInfo: Bool

    init(seed: UInt64, space: Space, isShared: Bool) {
        generator = SeededGenerator(seed: seed)
        self.space = space
        self.isShared = isShared
        switch space {
        case .text, .discrete: readsInfo = true
        default: readsInfo = isShared
        }
    }

    /// The next action as one JSON value; nil where nobody is left to act.
    mutating func next(after reply: StepReply) -> [UInt8]? {
        let info = readsInfo && reply.info.count > 2 ? try? JSONValue(parsing: Array(reply.info)) : nil
        guard isShared, case .dict(let spaces) = space else { return choose(space, info).encoded() }
        var action = JSONObject()
        for agent in acting(reply) {
            guard let member = spaces.members.first(where: { $0.key == agent }) else { continue }
            action[agent] = choose(member.space, info?[agent])
        }
        return action.isEmpty ? nil : JSONValue.object(action).encoded()
    }

    private func acting(_ reply: StepReply) -> [String] {
        if let agent = reply.agent { return [agent] }
        if case .each(let ended) = reply.terminated, case .each(let cut) = reply.truncated {
            return ended.filter { row in !row.value && !cut.contains { $0.agent == row.agent && $0.value } }
                .map(\.agent).sorted()
        }
        return ((try? JSONMembers(parsing: Array(reply.observation)))?.keys ?? []).sorted()
    }

    private mutating func choose(_ space: Space, _ info: JSONValue?) -> JSONValue {
        if let info, let offers = Self.offers(in: info, for: space) {
            return offers[Int(generator.next() % UInt64(offers.count))]
        }
        return space.sample(using: &generator)
    }

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
