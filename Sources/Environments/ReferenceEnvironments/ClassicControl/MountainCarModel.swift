import ClassicControl
import Foundations
import Glibc
import NumPyRandom
import Spaces
import VectorEnvironments

/// Gymnasium's MountainCar in float64: A. W. Moore, "Efficient memory-based learning for robot control", 1990.
struct MountainCarModel: RowModel {
    struct State: BitwiseCopyable {
        var position, velocity: Double
    }

    let layout: VectorLayout
    /// The least velocity at the goal, per step.
    private let goalVelocity: Double

    private let bounds = ResetBounds(low: -0.6, high: -0.4)
    private let lowest = -1.2
    private let highest = 0.6
    private let fastest = 0.07
    private let goal = 0.5
    private let force = 0.001
    private let gravity = 0.0025

    init(_ configuration: MountainCarConfiguration) throws(Failure) {
        layout = try MountainCarConfiguration.layout(precision: .float64)
        goalVelocity = configuration.goalVelocity
    }

    func check(_ options: ResetOptions) throws(Failure) { try bounds.check(options) }

    func start(_ options: ResetOptions, _ random: inout PCG64) -> State {
        let range = bounds.replaced(by: options)
        return State(position: random.uniform(range.low, range.high), velocity: 0)
    }

    func complaint(about action: Int64) -> String? { ReferenceEnvironments.complaint(about: action, of: 3) }

    func advance(_ state: inout State, by action: Int64, _ random: inout PCG64) -> Outcome {
        let push = Double(action - 1) * force + cos(3 * state.position) * -gravity
        state.velocity = clip(state.velocity + push, -fastest, fastest)
        state.position = clip(state.position + state.velocity, lowest, highest)
        if state.position == lowest, state.velocity < 0 { state.velocity = 0 }
        return Outcome(reward: -1, terminated: state.position >= goal && state.velocity >= goalVelocity)
    }

    func observe(_ state: State, into place: UnsafeMutableRawPointer) {
        place.storeFloats(state.position, state.velocity)
    }

    func write(_ state: State, to record: inout RecordWriter) {
        record.put(state.position)
        record.put(state.velocity)
    }

    func read(_ record: inout RecordReader) throws(Failure) -> State {
        State(position: try record.takeFinite("position"), velocity: try record.takeFinite("velocity"))
    }
}
