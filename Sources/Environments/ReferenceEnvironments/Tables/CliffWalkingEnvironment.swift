import Foundations
import Spaces

/// Gymnasium's CliffWalking: Example 6.6 of R. S. Sutton and A. G. Barto, "Reinforcement Learning", 2018. A grid of
/// 4 x 12; the cliff is the last row without its ends.
struct CliffWalkingEnvironment: Grid {
    let observationSpace: Space
    let actionSpace: Space
    let table: GridTable

    private static let height = 4
    private static let width = 12
    private static let start = 36
    private static let goal = 47

    init(_ configuration: CliffWalkingConfiguration) throws(Failure) {
        let cells = 0..<Self.height * Self.width
        let outcomes = cells.map { cell in
            (0..<4).map { action in
                let directions = configuration.isSlippery ? [(action + 3) % 4, action, (action + 1) % 4] : [action]
                return directions.map { Self.outcome(cell, $0, 1 / Double(directions.count)) }
            }
        }
        table = GridTable(starts: cells.map { $0 == Self.start ? 1 : 0 }, table: outcomes)
        observationSpace = try .discrete(table.cells)
        actionSpace = try .discrete(table.actions)
    }

    private static func outcome(_ cell: Int, _ direction: Int, _ probability: Double) -> Transition {
        var (row, column) = cell.quotientAndRemainder(dividingBy: width)
        switch direction {
        case 0: row = max(row - 1, 0)
        case 1: column = min(column + 1, width - 1)
        case 2: row = min(row + 1, height - 1)
        default: column = max(column - 1, 0)
        }
        let next = row * width + column
        let fell = start < next && next < goal
        return Transition(
            probability: probability, state: Int64(fell ? start : next), reward: fell ? -100 : -1,
            terminated: next == goal)
    }
}
