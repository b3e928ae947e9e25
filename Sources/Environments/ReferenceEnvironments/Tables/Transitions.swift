import NumPyRandom

/// One thing that can happen after an action.
struct Transition: Sendable, Equatable {
    var probability: Double
    var state: Int64
    var reward: Double
    var terminated: Bool
}

/// What can happen after each action in each state, sampled as Gymnasium samples its table `P`.
struct Transitions: Sendable {
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

    func sample(_ state: Int64, _ action: Int64, _ random: inout PCG64) -> Transition {
        let first = (Int(state) * actions + Int(action)) * width
        let drawn = random.random()
        let chosen = (first..<first + width).first { thresholds[$0] > drawn }
        return outcomes[chosen ?? first]
    }
}
