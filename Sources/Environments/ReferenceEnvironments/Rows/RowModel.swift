import Foundations
import NumPyRandom
import Spaces
import VectorEnvironments

/// The rules of one environment for one row: pure functions of the row's state, its random numbers and the action.
///
/// A model holds what all rows share (settings, tables). It draws from the row's generator exactly as often and in the
/// order that Gymnasium's environment does.
protocol RowModel: Sendable {
    associatedtype State: BitwiseCopyable, Sendable
    associatedtype Action: BitwiseCopyable, Sendable

    /// Its state is what `write` puts into a record, in that order; `Action` is one element of its action's dtype, and
    /// the reward is `float64`.
    var layout: VectorLayout { get }

    /// - Throws: `invalidArgument` for options that `start` does not know.
    func check(_ options: ResetOptions) throws(Failure)

    /// The first state of an episode.
    func start(_ options: ResetOptions, _ random: inout PCG64) -> State

    /// Why an action cannot be taken; nil where it can.
    func complaint(about action: Action) -> String?

    /// Applies an action that has been checked.
    func advance(_ state: inout State, by action: Action, _ random: inout PCG64) -> Outcome

    /// Writes the observation, `layout.observation.bytes` bytes.
    func observe(_ state: State, into place: UnsafeMutableRawPointer)

    func inform(_ state: State, into row: InfoRow)

    func write(_ state: State, to record: inout RecordWriter)

    /// - Throws: `invalidArgument` for a state that the rules cannot go on from.
    func read(_ record: inout RecordReader) throws(Failure) -> State
}

/// What a step earned, and whether it ended the episode.
struct Outcome {
    var reward: Double
    var terminated = false
}

extension RowModel {
    func inform(_ state: State, into row: InfoRow) {}

    func check(_ options: ResetOptions) throws(Failure) {
        guard let name = options.keys.sorted().first else { return }
        throw Failure(
            .invalidArgument, "this environment has no reset option \(name)", next: "reset it without options")
    }
}

/// Where the info of one row stands: one place in each of the layout's fields.
struct InfoRow {
    let base: UnsafeMutableRawPointer
    let count: Int
    let row: Int

    /// The place of a field of `bytes` bytes in each row, `before` of which stand before it.
    func field(after before: Int, bytes: Int) -> UnsafeMutableRawPointer { base + before * count + row * bytes }
}
