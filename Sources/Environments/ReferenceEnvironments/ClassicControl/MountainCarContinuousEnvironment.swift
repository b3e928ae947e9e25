import ClassicControl
import Foundations
import Glibc
import NumPyRandom
import Spaces
import VectorEnvironments

/// Gymnasium's MountainCarContinuous, whose state is float64 from a reset to the first step and float32 from then on.
struct MountainCarContinuousEnvironment: RowEnvironment {
    struct State: BitwiseCopyable {
        var position, velocity: Double
        /// 1 until the first step; then the state is taken as `float32`.
        var isStart: UInt8
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
    private let goal = 0.45
    private let power = 0.0015

    init(_ configuration: MountainCarContinuousConfiguration) throws(Failure) {
        let layout = try MountainCarContinuousConfiguration.layout(precision: .float64)
        (observationSpace, actionSpace) = (layout.observationSpace, layout.actionSpace)
        stateFields = layout.state + [ArrayField("is_start", .uint8)]
        goalVelocity = configuration.goalVelocity
    }

    func check(_ options: ResetOptions) throws(Failure) { try bounds.check(options) }

    func reset(_ random: inout PCG64, options: ResetOptions) -> State {
        let range = bounds.replaced(by: options)
        return State(position: random.uniform(range.low, range.high), velocity: 0, isStart: 1)
    }

    func step(_ state: inout State, action: Span<Float>, random: inout PCG64) -> StepOutcome {
        let isThere =
            state.isStart == 1
            ? move(&state, state.position, state.velocity, action[0])
            : move(&state, Float(state.position), Float(state.velocity), action[0])
        return StepOutcome(reward: (isThere ? 100 : 0) - pow(Double(action[0]), 2) * 0.1, terminated: isThere)
    }

    /// Moves the car in the precision of its state, and says whether it reached the goal. A force within the bounds is a
    /// `float32`; at a bound it becomes Python's number, and so does a velocity there.
    private func move<Real: BinaryFloatingPoint>(
        _ state: inout State, _ position: Real, _ velocity: Real, _ action: Float
    ) -> Bool {
        let pull = 0.0025 * cos(Double(3 * position))
        let push =
            abs(action) > 1
            ? Real((action > 0 ? power : -power) - pull) : Real(action * Float(power) - Float(pull))
        var velocity = velocity + push
        let isFastest = velocity > Real(fastest)
        velocity = clip(velocity, Real(-fastest), Real(fastest))
        let position = clip(position + velocity, Real(lowest), Real(highest))
        if position == Real(lowest), velocity < 0 { velocity = 0 }
        let isFastEnough = isFastest ? fastest >= goalVelocity : velocity >= Real(goalVelocity)
        state = State(position: Double(Float(position)), velocity: Double(Float(velocity)), isStart: 0)
        return position >= Real(goal) && isFastEnough
    }

    func observe(_ state: State, into observation: inout MutableSpan<Float>) {
        observation[0] = Float(state.position)
        observation[1] = Float(state.velocity)
    }

    func isValid(_ state: State) -> Bool {
        state.position.isFinite && state.velocity.isFinite && state.isStart < 2
    }
}
