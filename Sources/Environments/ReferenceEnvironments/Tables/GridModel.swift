import Foundations
import NumPyRandom
import Spaces
import VectorEnvironments

/// An environment whose next state comes from a table, as Gymnasium's toy texts: the observation is the state's number,
/// the info the probability of what happened.
struct GridModel: RowModel {
    struct State: BitwiseCopyable {
        var cell: Int32
        /// The action of the last step, for pictures; -1 after a reset.
        var lastAction: Int8 = -1
        var probability = 1.0
    }

    let layout: VectorLayout
    private let cells: Int
    private let actions: Int
    private let starts: Categorical
    private let transitions: Transitions

    /// - Parameters:
    ///   - starts: The probability of each state after a reset.
    ///   - table: For each state, for each action, what can happen.
    init(starts: [Double], table: [[[Transitions.Transition]]]) throws(Failure) {
        cells = table.count
        actions = table.first?.count ?? 0
        self.starts = Categorical(starts)
        transitions = Transitions(table)
        layout = VectorLayout(
            observationSpace: .discrete(try Space.Discrete(n: Int64(cells))),
            actionSpace: .discrete(try Space.Discrete(n: Int64(actions))),
            observation: ArrayField("observation", .int64), action: ArrayField("action", .int64), reward: .float64,
            info: [ArrayField("prob", .float64)],
            state: [ArrayField("state", .int64), ArrayField("last_action", .int8), ArrayField("prob", .float64)])
    }

    func start(_ options: ResetOptions, _ random: inout PCG64) -> State {
        State(cell: Int32(starts.sample(&random)))
    }

    func complaint(about action: Int64) -> String? {
        ReferenceEnvironments.complaint(about: action, of: Int64(actions))
    }

    func advance(_ state: inout State, by action: Int64, _ random: inout PCG64) -> Outcome {
        let transition = transitions.sample(state.cell, Int(action), &random)
        state = State(
            cell: transition.state, lastAction: Int8(truncatingIfNeeded: action), probability: transition.probability)
        return Outcome(reward: transition.reward, terminated: transition.terminated)
    }

    func observe(_ state: State, into place: UnsafeMutableRawPointer) {
        place.storeBytes(of: Int64(state.cell), as: Int64.self)
    }

    func inform(_ state: State, into row: InfoRow) {
        row.field(after: 0, bytes: 8).storeBytes(of: state.probability, as: Double.self)
    }

    func write(_ state: State, to record: inout RecordWriter) {
        record.put(Int64(state.cell))
        record.put(state.lastAction)
        record.put(state.probability)
    }

    func read(_ record: inout RecordReader) throws(Failure) -> State {
        State(
            cell: Int32(try record.take("state", in: 0..<Int64(cells))),
            lastAction: try record.take("last_action", in: -1..<Int8(truncatingIfNeeded: actions)),
            probability: try record.takeFinite("prob"))
    }
}
