import Foundations

/// The table of Gymnasium's FrozenLake.
struct FrozenLake {
    var map: FrozenLakeMap
    /// Whether a move may also go to either side of its direction.
    var isSlippery = true
    /// The probability of the intended direction on slippery ice.
    var successRate = 1.0 / 3.0
    /// For reaching the goal, a hole, and any other tile.
    var rewards = (goal: 1.0, hole: 0.0, frozen: 0.0)

    /// - Throws: `invalidArgument` for a success rate that is no probability, or rewards that are no finite numbers.
    func model() throws(Failure) -> GridModel {
        guard 0...1 ~= successRate else {
            throw Failure(.invalidArgument, "the success rate \(successRate) of FrozenLake is not between 0 and 1")
        }
        guard [rewards.goal, rewards.hole, rewards.frozen].allSatisfy(\.isFinite) else {
            throw Failure(.invalidArgument, "the rewards of FrozenLake are not all finite numbers")
        }
        let tiles = map.rows.joined().map { Character(Unicode.Scalar($0)) }
        let starts = Double(tiles.count { $0 == "S" })
        let table = tiles.indices.map { cell in
            (0..<4).map { action in
                tiles[cell] == "G" || tiles[cell] == "H"
                    ? [Transitions.Transition(probability: 1, state: Int32(cell), reward: 0, terminated: true)]
                    : outcomes(cell, action, tiles)
            }
        }
        return try GridModel(starts: tiles.map { $0 == "S" ? 1 / starts : 0 }, table: table)
    }

    private func outcomes(_ cell: Int, _ action: Int, _ tiles: [Character]) -> [Transitions.Transition] {
        guard isSlippery else { return [outcome(cell, action, 1, tiles)] }
        let sideRate = (1 - successRate) / 2
        return [(action + 3) % 4, action, (action + 1) % 4].map {
            outcome(cell, $0, $0 == action ? successRate : sideRate, tiles)
        }
    }

    private func outcome(
        _ cell: Int, _ direction: Int, _ probability: Double, _ tiles: [Character]
    ) -> Transitions.Transition {
        var (row, column) = cell.quotientAndRemainder(dividingBy: map.width)
        switch direction {
        case 0: column = max(column - 1, 0)
        case 1: row = min(row + 1, map.height - 1)
        case 2: column = min(column + 1, map.width - 1)
        default: row = max(row - 1, 0)
        }
        let next = row * map.width + column
        let reward =
            switch tiles[next] {
            case "G": rewards.goal
            case "H": rewards.hole
            default: rewards.frozen
            }
        return Transitions.Transition(
            probability: probability, state: Int32(next), reward: reward,
            terminated: tiles[next] == "G" || tiles[next] == "H")
    }
}
