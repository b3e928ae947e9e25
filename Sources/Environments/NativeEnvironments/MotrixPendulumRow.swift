import ClassicControl
import Foundations
import Glibc
import Spaces
import VectorEnvironments

/// MotrixLab's `pendulum` in float64, one row at a time: `J θ̈ = m g l sin θ + 5 u - 0.1 θ̇` by semi-implicit Euler, the
/// damping taken at the end of the step.
struct MotrixPendulumRow: RowEnvironment {
    struct State: BitwiseCopyable, Sendable {
        /// rad, rad/s, the last control.
        var angle, velocity, control: Double
    }

    let observationSpace: Space
    let actionSpace: Space
    let stateFields: [ArrayField]
    private let configuration: MotrixPendulumConfiguration

    init(_ configuration: MotrixPendulumConfiguration) throws(Failure) {
        self.configuration = configuration
        let layout = try MotrixPendulumConfiguration.layout(precision: .float64)
        (observationSpace, actionSpace, stateFields) = (layout.observationSpace, layout.actionSpace, layout.state)
    }

    func reset(_ random: inout RowRandom, options: ResetOptions) -> State {
        let angle = random.uniform(-.pi, .pi)
        let scale = configuration.resetNoiseScale
        return State(angle: angle, velocity: random.uniform(-scale, scale), control: 0)
    }

    func step(_ state: inout State, action: Span<Float>, random: inout RowRandom) -> StepOutcome {
        let model = MotrixPendulumModel.self
        let control = Double(min(max(action[0], -1), 1))
        let tick = configuration.simDT
        for _ in 0..<configuration.simSubsteps {
            let torque = model.gear * control + model.weight * sin(state.angle) - model.damping * state.velocity
            state.velocity += tick * torque / (model.inertia + tick * model.damping)
            state.angle += tick * state.velocity
        }
        let square = state.velocity * state.velocity
        let excess = 0.5 * square + (1 - cos(state.angle)) - 2
        let change = control - state.control
        let upright = (1 + cos(state.angle)) / 2
        state.control = control
        // A tenth where the energy is off by its margin of 2.
        let energy = pow(0.1, excess * excess / 4)
        let cost = 0.2 * square + 0.001 * (control * control + change * change)
        return StepOutcome(reward: 3 * upright + energy - cost, terminated: false)
    }

    func observe(_ state: State, into observation: inout MutableSpan<Float>) {
        observation[0] = Float(cos(state.angle))
        observation[1] = Float(sin(state.angle))
        observation[2] = Float(state.velocity)
    }

    func isValid(_ state: State) -> Bool {
        abs(state.angle) <= 1e6 && abs(state.velocity) <= 1000 && abs(state.control) <= 1
    }
}
