import NumPyRandom
import Spaces
import VectorEnvironments

/// An environment whose next state comes from a table, as Gymnasium's toy texts: the observation is the state's number,
/// the info the probability of what happened.
protocol Grid: RowEnvironment
where State == GridState, Action == Int64, Observation == Int64, Random == PCG64 {
    var table: GridTable { get }
}

struct GridState: BitwiseCopyable {
    var cell: Int64
    var probability = 1.0
}

/// What can happen in each state, and where episodes start.
struct GridTable: Sendable {
    let cells: Int64
    let actions: Int64
    private let starts: Categorical
    private let transitions: Transitions

    /// - Parameters:
    ///   - starts: The probability of each state after a reset.
    ///   - table: For each state, for each action, what can happen.
    init(starts: [Double], table: [[[Transition]]]) {
        cells = Int64(table.count)
        actions = Int64(table.first?.count ?? 0)
        self.starts = Categorical(starts)
        transitions = Transitions(table)
    }

    func start(_ random: inout PCG64) -> GridState { GridState(cell: Int64(starts.sample(&random))) }

    func step(_ state: inout GridState, _ action: Int64, _ random: inout PCG64) -> StepOutcome {
        let transition = transitions.sample(state.cell, action, &random)
        state = GridState(cell: transition.state, probability: transition.probability)
        return StepOutcome(reward: transition.reward, terminated: transition.terminated)
    }

    func isValid(_ state: GridState) -> Bool {
        0..<cells ~= state.cell && 0...1 ~= state.probability
    }
}

extension Grid {
    var stateFields: [ArrayField] {
        [ArrayField("state", .int64), ArrayField("prob", .float64)]
    }
    var infoFields: [ArrayField] { [ArrayField("prob", .float64)] }

    func reset(_ random: inout PCG64, options: ResetOptions) -> GridState { table.start(&random) }

    func step(_ state: inout GridState, action: Span<Int64>, random: inout PCG64) -> StepOutcome {
        table.step(&state, action[0], &random)
    }

    func observe(_ state: GridState, into observation: inout MutableSpan<Int64>) { observation[0] = state.cell }

    func info(_ state: GridState, into info: UnsafeMutableRawBufferPointer) {
        info.storeBytes(of: state.probability, as: Double.self)
    }

    func isValid(_ state: GridState) -> Bool { table.isValid(state) }
}
