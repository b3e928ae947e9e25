import NumPyRandom

/// A distribution over indices, sampled as `gymnasium.envs.toy_text.utils.categorical_sample` does: the first index whose
/// cumulated probability is above a draw of `random()`, or 0 where rounding leaves none.
struct Categorical: Sendable {
    private let cumulated: [Double]

    init(_ probabilities: [Double]) {
        var sum = 0.0
        cumulated = probabilities.map {
            sum += $0
            return sum
        }
    }

    func sample(_ random: inout PCG64) -> Int {
        let drawn = random.random()
        var (low, high) = (0, cumulated.count)
        while low < high {
            let middle = (low + high) / 2
            if cumulated[middle] > drawn { high = middle } else { low = middle + 1 }
        }
        return low == cumulated.count ? 0 : low
    }
}

/// What can happen after an action in a state: up to three outcomes, sampled as Gymnasium samples its table `P`.
struct Transitions: Sendable {
    struct Transition: Sendable, Equatable {
        var probability: Double
        var state: Int32
        var reward: Double
        var terminated: Bool
    }

    private let outcomes: [Transition]
    private let thresholds: [Double]
    private let actions: Int
    private let width: Int

    /// - Parameter table: For each state the outcomes of each action; all states have the same number of actions.
    init(_ table: [[[Transition]]]) {
        actions = table.first?.count ?? 0
        width = table.joined().map(\.count).max() ?? 0
        var outcomes: [Transition] = []
        var thresholds: [Double] = []
        for list in table.joined() {
            var sum = 0.0
            for place in 0..<width {
                let transition = place < list.count ? list[place] : list[0]
                sum += transition.probability
                outcomes.append(transition)
                // What pads a list is never above a draw; then the first outcome is taken.
                thresholds.append(place < list.count ? sum : -1)
            }
        }
        (self.outcomes, self.thresholds) = (outcomes, thresholds)
    }

    func sample(_ state: Int32, _ action: Int, _ random: inout PCG64) -> Transition {
        let first = (Int(state) * actions + action) * width
        let drawn = random.random()
        let chosen = (first..<first + width).first { thresholds[$0] > drawn }
        return outcomes[chosen ?? first]
    }
}
