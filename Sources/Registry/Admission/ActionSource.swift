import JSON
import Sessions
import Spaces
import Workers

/// A simple agent: takes an action that the environment offers, else one of the action space. The same seed and answers
/// give the same actions.
struct ActionSource: Sendable {
    /// How it chooses: at random, or always zero, the first or the last action.
    enum Kind: String, Sendable, CaseIterable { case random, nothing, first, last }

    private let kind: Kind
    private var generator: SeededGenerator
    private let space: Space
    private let isShared: Bool
    /// Whether info can offer actions.
    private let readsInfo: Bool

    init(_ kind: Kind = .random, seed: UInt64, space: Space, isShared: Bool) {
        self.kind = kind
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
        let offers = info.flatMap { Self.offers(in: $0, for: space) }
        guard kind == .random else {
            let constant = space.constant(kind)
            if let offers, !offers.contains(where: { $0 == constant }) {
                return (kind == .last ? offers.last : offers.first) ?? .null
            }
            return constant ?? space.sample(using: &generator)
        }
        if let offers { return offers[Int(generator.next() % UInt64(offers.count))] }
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

extension Space {
    /// The one action of an agent that never changes its mind; nil where the space has no first and last one.
    func constant(_ kind: ActionSource.Kind) -> JSONValue? {
        switch self {
        case .discrete(let space):
            if kind == .nothing, (space.start...space.last).contains(0) { return 0 }
            return .integer(kind == .last ? space.last : space.start)
        case .text(let space):
            let letters = space.charset.map { Array($0) } ?? Array("abcdefghijklmnopqrstuvwxyz")
            guard let letter = kind == .last ? letters.last : letters.first else { return "" }
            return .string(String(repeating: letter, count: max(space.minimum, kind == .nothing ? 0 : 1)))
        case .dict(let space):
            var members = JSONObject()
            for member in space.members {
                guard let value = member.space.constant(kind) else { return nil }
                members[member.key] = value
            }
            return .object(members)
        case .tuple(let spaces):
            let values = spaces.compactMap { $0.constant(kind) }
            return values.count == spaces.count ? .array(values) : nil
        case .box, .multiDiscrete, .multiBinary, .sequence, .oneOf: return nil
        }
    }
}
