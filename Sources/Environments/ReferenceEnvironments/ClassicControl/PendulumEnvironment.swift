import ClassicControl
import Foundations
import Glibc
import NumPyRandom
import Spaces
import VectorEnvironments

/// Gymnasium's Pendulum in float64: a rod of 1 m and 1 kg.
struct PendulumEnvironment: RowEnvironment {
    struct State: BitwiseCopyable {
        /// rad (0 is upright), rad/s.
        var theta, thetaDot: Double
    }

    typealias Random = PCG64

    let observationSpace: Space
    let actionSpace: Space
    let stateFields: [ArrayField]
    /// The bounds of the start angle and velocity, on both sides.
    let resetOptions = ["x_init": ResetBounds.widest, "y_init": ResetBounds.widest]
    /// m/s².
    private let gravity: Double
    /// s.
    private let tick: Double

    private let fastest = 8.0
    private let strongest: Float = 2

    init(_ configuration: PendulumConfiguration) throws(Failure) {
        let layout = try PendulumConfiguration.layout(precision: .float64)
        (observationSpace, actionSpace, stateFields) = (layout.observationSpace, layout.actionSpace, layout.state)
        gravity = configuration.g
        tick = configuration.controlDT
    }

    func reset(_ random: inout PCG64, options: ResetOptions) -> State {
        let angle = options["x_init"] ?? .pi
        let velocity = options["y_init"] ?? 1
        return State(theta: random.uniform(-angle, angle), thetaDot: random.uniform(-velocity, velocity))
    }

    func step(_ state: inout State, action: Span<Float>, random: inout PCG64) -> StepOutcome {
        let torque = clip(action[0], -strongest, strongest)
        let angle = flooredRemainder(state.theta + .pi, 2 * .pi) - .pi
        // Gymnasium's torque is a float32, and so are its products with Python's numbers.
        let cost = squared(angle) + 0.1 * squared(state.thetaDot) + Double(0.001 * squared(torque))
        let acceleration = 3 * gravity / 2 * sin(state.theta) + Double(3 * torque)
        state.thetaDot = clip(state.thetaDot + acceleration * tick, -fastest, fastest)
        state.theta += state.thetaDot * tick
        return StepOutcome(reward: -cost, terminated: false)
    }

    func observe(_ state: State, into observation: inout MutableSpan<Float>) {
        observation[0] = Float(cos(state.theta))
        observation[1] = Float(sin(state.theta))
        observation[2] = Float(state.thetaDot)
    }

    func isValid(_ state: State) -> Bool { state.theta.isFinite && state.thetaDot.isFinite }
}
