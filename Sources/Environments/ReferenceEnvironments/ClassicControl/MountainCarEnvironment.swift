import ClassicControl
import Foundations
import Glibc
import NumPyRandom
import Spaces
import VectorEnvironments

/// Gymnasium's MountainCar in float64: A. W. Moore, "Efficient memory-based learning for robot control", 1990.
struct MountainCarEnvironment: RowEnvironment {
    struct State: BitwiseCopyable {
        var position, velocity: Double
    }

    typealias Random = PCG64

    let observationSpace: Space
    let actionSpace: Space
    let stateFields: [ArrayField]
    let resetOptions = ResetBounds.options
    private let bounds = ResetBounds(low: -0.6, high: -0.4)
    /// The least velocity at the goal, per step.
    private let goalVelocity: Double

    private let lowest = -1.2
    private let highest = 0.6
    private let fastest = 0.07
    private let goal = 0.5
    private let force = 0.001
    private let gravity = 0.0025

    init(_ configuration: MountainCarConfiguration) throws(Failure) {
        let layout = try MountainCarConfiguration.layout(precision: .float64)
        (observationSpace, actionSpace, stateFields) = (layout.observationSpace, layout.actionSpace, layout.state)
        goalVelocity = configuration.goalVelocity
    }

    func check(_ options: ResetOptions) throws(Failure) { try bounds.check(options) }

    func reset(_ random: inout PCG64, options: ResetOptions) -> State {
        let range = bounds.replaced(by: options)
        return State(position: random.uniform(range.low, range.high), velocity: 0)
    }

    func step(_ state: inout State, action: Span<Int64>, random: inout PCG64) -> StepOutcome {
        let push = Double(action[0] - 1) * force + cos(3 * state.position) * -gravity
        state.velocity = clip(state.velocity + push, -fastest, fastest)
        state.position = clip(state.position + state.velocity, lowest, highest)
        if state.position == lowest, state.velocity < 0 { state.velocity = 0 }
        return StepOutcome(reward: -1, terminated: state.position >= goal && state.velocity >= goalVelocity)
    }

    func observe(_ state: State, into observation: inout MutableSpan<Float>) {
        observation[0] = Float(state.position)
        observation[1] = Float(state.velocity)
    }

    func isValid(_ state: State) -> Bool { state.position.isFinite && state.velocity.isFinite }
}
