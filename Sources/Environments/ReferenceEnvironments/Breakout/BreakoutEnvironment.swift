import Foundations
import NumPyRandom
import Spaces
import VectorEnvironments

/// Breakout on a grid of 10 x 10, as K. Young and T. Tian describe it in "MinAtar: An Atari-inspired testbed for thorough
/// and reproducible reinforcement learning experiments", 2019 (arXiv:1903.03176): a paddle at the bottom, a ball that
/// travels diagonally, three rows of bricks that come back when all are broken, 1 for each brick.
///
/// The observation is `[10, 10, 4]` of `bool`: paddle, ball, trail (where the ball was), bricks. The actions are those of
/// the game's minimal set: stay, left, right. A step repeats the action before it with the sticky probability.
struct BreakoutEnvironment: RowEnvironment {
    struct State: BitwiseCopyable {
        /// One bit for each brick of rows 1, 2 and 3, left to right.
        var bricks: Int64
        var ballRow, ballColumn: Int8
        /// -1 or 1 per step.
        var down, right: Int8
        var trailRow, trailColumn: Int8
        var paddle: Int8
        var lastAction: Int8
        /// 1 where the last step met a brick: a ball breaks no other one on its way out.
        var hasStruck: UInt8
    }

    typealias Random = PCG64

    let observationSpace: Space
    let actionSpace: Space
    let stateFields = [
        ArrayField("bricks", .int64), ArrayField("ball", .int8, [2]), ArrayField("direction", .int8, [2]),
        ArrayField("trail", .int8, [2]), ArrayField("paddle", .int8), ArrayField("last_action", .int8),
        ArrayField("struck", .uint8),
    ]
    private let stickyProbability: Double

    private static let side = 10
    private static let wall: Int64 = (1 << 30) - 1

    init(_ configuration: BreakoutConfiguration) throws(Failure) {
        stickyProbability = configuration.stickyActionProb
        observationSpace = .box(try Space.Box(dtype: .bool, shape: [Self.side, Self.side, 4]))
        actionSpace = try .discrete(3)
    }

    func reset(_ random: inout PCG64, options: ResetOptions) -> State {
        let startsLeft = random.choice(of: 2) == 0
        let column: Int8 = startsLeft ? 0 : 9
        return State(
            bricks: Self.wall, ballRow: 3, ballColumn: column, down: 1, right: startsLeft ? 1 : -1, trailRow: 3,
            trailColumn: column, paddle: 4, lastAction: 0, hasStruck: 0)
    }

    func step(_ state: inout State, action: Span<Int64>, random: inout PCG64) -> StepOutcome {
        if random.random() >= stickyProbability { state.lastAction = Int8(truncatingIfNeeded: action[0]) }
        switch state.lastAction {
        case 1: state.paddle = max(0, state.paddle - 1)
        case 2: state.paddle = min(9, state.paddle + 1)
        default: break
        }
        return moveBall(&state)
    }

    private func moveBall(_ state: inout State) -> StepOutcome {
        (state.trailRow, state.trailColumn) = (state.ballRow, state.ballColumn)
        var row = state.ballRow + state.down
        var column = state.ballColumn + state.right
        if !(0...9 ~= column) {
            column = clip(column, 0, 9)
            state.right = -state.right
        }
        var outcome = StepOutcome(reward: 0, terminated: false)
        let brick = Self.brick(row, column) & state.bricks
        if row < 0 {
            row = 0
            state.down = -state.down
        } else if brick != 0 {
            if state.hasStruck == 0 {
                outcome.reward = 1
                state.bricks &= ~brick
                row = state.trailRow
                state.down = -state.down
            }
        } else if row == 9 {
            outcome.terminated = !bounce(&state, &row, column)
        }
        state.hasStruck = brick != 0 ? 1 : 0
        (state.ballRow, state.ballColumn) = (min(row, 9), column)
        return outcome
    }

    /// Whether the paddle is where a ball that reaches the last row comes from (it goes back up) or arrives (it goes
    /// back where it came from).
    private func bounce(_ state: inout State, _ row: inout Int8, _ column: Int8) -> Bool {
        if state.bricks == 0 { state.bricks = Self.wall }
        guard state.ballColumn == state.paddle || column == state.paddle else { return false }
        if state.ballColumn != state.paddle { state.right = -state.right }
        state.down = -state.down
        row = state.trailRow
        return true
    }

    /// The bit of a place; 0 where no brick can be.
    private static func brick(_ row: Int8, _ column: Int8) -> Int64 {
        1...3 ~= row ? 1 << (Int64(row - 1) * Int64(side) + Int64(column)) : 0
    }

    /// The channels of the observation, in its order.
    private enum Channel: Int {
        case paddle, ball, trail, brick
    }

    func observe(_ state: State, into observation: inout MutableSpan<UInt8>) {
        for place in observation.indices { observation[place] = 0 }
        func mark(_ row: Int, _ column: Int, _ channel: Channel, _ observation: inout MutableSpan<UInt8>) {
            observation[(row * Self.side + column) * 4 + channel.rawValue] = 1
        }
        mark(9, Int(state.paddle), .paddle, &observation)
        mark(Int(state.ballRow), Int(state.ballColumn), .ball, &observation)
        mark(Int(state.trailRow), Int(state.trailColumn), .trail, &observation)
        var left = state.bricks
        while left != 0 {
            let place = left.trailingZeroBitCount
            mark(1 + place / Self.side, place % Self.side, .brick, &observation)
            left &= left - 1
        }
    }

    func isValid(_ state: State) -> Bool {
        [state.ballRow, state.ballColumn, state.trailRow, state.trailColumn, state.paddle].allSatisfy { 0...9 ~= $0 }
            && abs(Int(state.down)) == 1 && abs(Int(state.right)) == 1 && 0..<3 ~= state.lastAction
            && state.hasStruck < 2 && 0...Self.wall ~= state.bricks
    }
}
