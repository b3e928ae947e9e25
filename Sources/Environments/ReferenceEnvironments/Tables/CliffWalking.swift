import Foundations

/// The table of Gymnasium's CliffWalking: Example 6.6 of R. S. Sutton and A. G. Barto, "Reinforcement Learning", 2018.
/// A grid of 4 x 12; the cliff is the last row without its ends.
struct CliffWalking {
    var isSlippery = false

    static let height = 4
    static let width = 12
    static let start = 36
    static let goal = 47

    func model() throws(Failure) -> GridModel {
        let cells = 0..<Self.height * Self.width
        let table = cells.map { cell in
            (0..<4).map { action in
                let directions = isSlippery ? [(action + 3) % 4, action, (action + 1) % 4] : [action]
                return directions.map { outcome(cell, $0, 1 / Double(directions.count)) }
            }
        }
        return try GridModel(starts: cells.map { $0 == Self.start ? 1 : 0 }, table: table)
    }

    private func outcome(_ cell: Int, _ direction: Int, _ probability: Double) -> Transitions.Transition {
        var (row, column) = cell.quotientAndRemainder(dividingBy: Self.width)
        switch direction {
        case 0: row = max(row - 1, 0)
        case 1: column = min(column + 1, Self.width - 1)
        case 2: row = min(row + 1, Self.height - 1)
        default: column = max(column - 1, 0)
        }
        let next = row * Self.width + column
        let fell = Self.start < next && next < Self.goal
        return Transitions.Transition(
            probability: probability, state: Int32(fell ? Self.start : next), reward: fell ? -100 : -1,
            terminated: next == Self.goal)
    }
}
