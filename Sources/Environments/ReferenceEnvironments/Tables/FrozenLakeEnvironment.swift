import Foundations
import Spaces

/// Gymnasium's FrozenLake.
struct FrozenLakeEnvironment: Grid {
    let observationSpace: Space
    let actionSpace: Space
    let table: GridTable

    init(_ configuration: FrozenLakeConfiguration) throws(Failure) {
        try configuration.validate()
        table = FrozenLake(configuration, map: try configuration.map()).table()
        observationSpace = try .discrete(table.cells)
        actionSpace = try .discrete(table.actions)
    }
}

/// The rules that make FrozenLake's table.
private struct FrozenLake {
    let configuration: FrozenLakeConfiguration
    let map: FrozenLakeMap
    let tiles: [UInt8]

    private enum Tile {
        static let start = UInt8(ascii: "S")
        static let hole = UInt8(ascii: "H")
        static let goal = UInt8(ascii: "G")
    }

    init(_ configuration: FrozenLakeConfiguration, map: FrozenLakeMap) {
        (self.configuration, self.map, tiles) = (configuration, map, map.rows.flatMap(\.self))
    }

    func table() -> GridTable {
        let starts = Double(tiles.count { $0 == Tile.start })
        let table = tiles.indices.map { cell in
            (0..<4).map { action in
                tiles[cell] == Tile.goal || tiles[cell] == Tile.hole
                    ? [Transition(probability: 1, state: Int64(cell), reward: 0, terminated: true)]
                    : outcomes(cell, action)
            }
        }
        return GridTable(starts: tiles.map { $0 == Tile.start ? 1 / starts : 0 }, table: table)
    }

    private func outcomes(_ cell: Int, _ action: Int) -> [Transition] {
        guard configuration.isSlippery else { return [outcome(cell, action, 1)] }
        let sideRate = (1 - configuration.successRate) / 2
        return [(action + 3) % 4, action, (action + 1) % 4].map {
            outcome(cell, $0, $0 == action ? configuration.successRate : sideRate)
        }
    }

    private func outcome(_ cell: Int, _ direction: Int, _ probability: Double) -> Transition {
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
        return Transition(
            probability: probability, state: Int64(next), reward: reward, terminated: isGoal || isHole)
    }
}
