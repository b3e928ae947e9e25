import Foundations
import NumPyRandom
import Spaces
import VectorEnvironments

/// Breakout on a grid of 10 x 10, as K. Young and T. Tian describe it in "MinAtar: An Atari-inspired testbed for thorough
/// and reproducible reinforcement learning experiments", 2019 (arXiv:1903.03176), section 3 and appendix: a paddle at the
/// bottom, a ball that travels diagonally, three rows of bricks that come back when all are broken, 1 for each brick.
///
/// The observation is `[10, 10, 4]` of `bool`: paddle, ball, trail (where the ball was), bricks. The actions are those of
/// the game's minimal set: stay, left, right. A step repeats the action before it with the sticky probability.
struct BreakoutModel: RowModel {
    struct State: BitwiseCopyable {
        var ballRow, ballColumn: Int8
        /// -1 or 1 per step.
        var down, right: Int8
        var trailRow, trailColumn: Int8
        var paddle: Int8
        var lastAction: Int8
        /// Whether the last step broke a brick: a ball cannot break another one on its way out.
        var hasStruck: Bool
        /// One bit for each brick of rows 1, 2 and 3, left to right.
        var bricks: UInt32
    }

    static let side = 10
    static let wall: UInt32 = (1 << 30) - 1

    let layout: VectorLayout
    private let stickyProbability: Double

    init(_ configuration: BreakoutConfiguration) throws(Failure) {
        try configuration.validate()
        stickyProbability = configuration.stickyActionProb
        let shape = [Self.side, Self.side, 4]
        layout = VectorLayout(
            observationSpace: .box(try Space.Box(dtype: .bool, shape: shape)),
            actionSpace: .discrete(try Space.Discrete(n: 3)), observation: ArrayField("observation", .bool, shape),
            action: ArrayField("action", .int64), reward: .float64,
            state: [
                ArrayField("ball", .int8, [2]), ArrayField("direction", .int8, [2]), ArrayField("trail", .int8, [2]),
                ArrayField("paddle", .int8), ArrayField("last_action", .int8), ArrayField("struck", .uint8),
                ArrayField("bricks", .int64),
            ])
    }

    func start(_ options: ResetOptions, _ random: inout PCG64) -> State {
        let startsLeft = random.choice(of: 2) == 0
        let column: Int8 = startsLeft ? 0 : 9
        return State(
            ballRow: 3, ballColumn: column, down: 1, right: startsLeft ? 1 : -1, trailRow: 3, trailColumn: column,
            paddle: 4, lastAction: 0, hasStruck: false, bricks: Self.wall)
    }

    func complaint(about action: Int64) -> String? { ReferenceEnvironments.complaint(about: action, of: 3) }

    func advance(_ state: inout State, by action: Int64, _ random: inout PCG64) -> Outcome {
        if random.random() >= stickyProbability { state.lastAction = Int8(truncatingIfNeeded: action) }
        switch state.lastAction {
        case 1: state.paddle = max(0, state.paddle - 1)
        case 2: state.paddle = min(9, state.paddle + 1)
        default: break
        }
        return moveBall(&state)
    }

    private func moveBall(_ state: inout State) -> Outcome {
        (state.trailRow, state.trailColumn) = (state.ballRow, state.ballColumn)
        var row = state.ballRow + state.down
        var column = state.ballColumn + state.right
        if !(0...9 ~= column) {
            column = clip(column, 0, 9)
            state.right = -state.right
        }
        var outcome = Outcome(reward: 0)
        let brick = Self.brick(row, column) & state.bricks
        if row < 0 {
            row = 0
            state.down = -state.down
        } else if brick != 0 {
            if !state.hasStruck {
                outcome.reward = 1
                state.bricks &= ~brick
                row = state.trailRow
                state.down = -state.down
            }
        } else if row == 9 {
            outcome.terminated = !bounce(&state, &row, column)
        }
        state.hasStruck = brick != 0
        (state.ballRow, state.ballColumn) = (row, column)
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
    static func brick(_ row: Int8, _ column: Int8) -> UInt32 {
        1...3 ~= row ? 1 << UInt32(Int(row - 1) * side + Int(column)) : 0
    }
}
