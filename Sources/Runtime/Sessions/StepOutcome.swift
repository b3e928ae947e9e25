import Workers

/// What a step brought, for those who only count.
public struct StepOutcome: Sendable, Hashable {
    /// The sum over agents; nil where the environment gave none.
    public let reward: Double?
    /// Whether the episode is over for all agents, and not only cut off.
    public let isTerminated: Bool
    public let isTruncated: Bool

    public init(reward: Double?, isTerminated: Bool, isTruncated: Bool) {
        self.reward = reward
        self.isTerminated = isTerminated
        self.isTruncated = isTruncated
    }

    /// Nil for the rows of a vector session, whose episodes end apart.
    init?(_ reply: StepReply) {
        guard reply.rows == nil else { return nil }
        switch reply.reward {
        case .single(let reward): self.reward = reward
        case .each(let each):
            let given = each.compactMap(\.value)
            reward = given.isEmpty ? nil : given.reduce(0, +)
        }
        let isTruncated =
            switch reply.truncated {
            case .single(let flag): flag
            case .each(let each): each.contains { $0.value }
            }
        isTerminated = reply.isOver && !isTruncated
        self.isTruncated = reply.isOver && isTruncated
    }
}
