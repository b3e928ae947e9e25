import Foundations

/// The table of Gymnasium's FrozenLake.
struct FrozenLake {
    let configuration: FrozenLakeConfiguration
    let map: FrozenLakeMap
    private let tiles: [UInt8]

    private enum Tile {
        static let start = UInt8(ascii: "S")
        static let hole = UInt8(ascii: "H")
        static let goal = UInt8(ascii: "G")
    }

    init(_ configuration: FrozenLakeConfiguration) throws(Failure) {
        try configuration.validate()
        self.configuration = configuration
        map = try configuration.map()
        tiles = map.rows.flatMap(\.self)
    }

    func model() throws(Failure) -> GridModel {
        let starts = Double(tiles.count { $0 == Tile.start })
        let table = tiles.indices.map { cell in
            (0..<4).map { action in
                tiles[cell] == Tile.goal || tiles[cell] == Tile.hole
                    ? [Transitions.Transition(probability: 1, state: Int32(cell), reward: 0, terminated: true)]
                    : outcomes(cell, action)
            }
        }
        return try GridModel(starts: tiles.map { $0 == Tile.start ? 1 / starts : 0 }, table: table)
    }

    private func outcomes(_ cell: Int, _ action: Int) -> [Transitions.Transition] {
        guard configuration.isSlippery else { return [outcome(cell, action, 1)] }
        let sideRate = (1 - configuration.successRate) / 2
        return [(action + 3) % 4, action, (action + 1) % 4].map {
            outcome(cell, $0, $0 == action ? configuration.successRate : sideRate)
        }
    }

    private func outcome(_ cell: Int, _ direction: Int, _ probability: Double) -> Transitions.Transition {
        var (row, column) = cell.quotientAndRemainder(dividingBy: map.width)
        switch direction {
        case 0: column = max(column - 1, 0)
        case 1: row = min(row + 1, map.height - 1)
        case 2: column = min(column + 1, map.width - 1)
        default: row = max(row - 1, 0)
        }
        let next = row * map.width + column
        let isGoal = tiles[next] == Tile.goal
        let isHole = tiles[next] == Tile.hole
        let reward = configuration.rewardSchedule[isGoal ? 0 : isHole ? 1 : 2]
        return Transitions.Transition(
            probability: probability, state: Int32(next), reward: reward, terminated: isGoal || isHole)
    }
}
