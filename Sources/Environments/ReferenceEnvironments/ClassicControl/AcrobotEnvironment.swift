import ClassicControl
import Foundations
import Glibc
import NumPyRandom
import Spaces
import VectorEnvironments

/// Gymnasium's Acrobot in float64: R. S. Sutton, "Generalization in reinforcement learning: successful examples using
/// sparse coarse coding", 1996, with the equations of Sutton and Barto's book; one Runge-Kutta step for each action.
struct AcrobotEnvironment: RowEnvironment {
    /// Angles in rad, velocities in rad/s.
    struct State: BitwiseCopyable {
        var theta1, theta2, velocity1, velocity2: Double
        /// 1 until the first step: Gymnasium computes the observation in float32 there.
        var isStart: UInt8 = 0

        static func + (one: State, other: State) -> State {
            State(
                theta1: one.theta1 + other.theta1, theta2: one.theta2 + other.theta2,
                velocity1: one.velocity1 + other.velocity1, velocity2: one.velocity2 + other.velocity2)
        }

        static func * (factor: Double, one: State) -> State {
            State(
                theta1: factor * one.theta1, theta2: factor * one.theta2, velocity1: factor * one.velocity1,
                velocity2: factor * one.velocity2)
        }
    }

    typealias Random = PCG64

    let observationSpace: Space
    let actionSpace: Space
    let stateFields: [ArrayField]
    let resetOptions = ResetBounds.options
    private let bounds = ResetBounds(low: -0.1, high: 0.1)
    /// s.
    private let tick: Double

    private let fastest1 = 4 * Double.pi
    private let fastest2 = 9 * Double.pi

    init(_ configuration: AcrobotConfiguration) throws(Failure) {
        let layout = try AcrobotConfiguration.layout(precision: .float64)
        (observationSpace, actionSpace) = (layout.observationSpace, layout.actionSpace)
        stateFields = layout.state + [ArrayField("is_start", .uint8)]
        tick = configuration.controlDT
    }

    func check(_ options: ResetOptions) throws(Failure) { try bounds.check(options) }

    func reset(_ random: inout PCG64, options: ResetOptions) -> State {
        let range = bounds.replaced(by: options)
        func draw() -> Double { Double(Float(random.uniform(range.low, range.high))) }
        return State(theta1: draw(), theta2: draw(), velocity1: draw(), velocity2: draw(), isStart: 1)
    }

    func step(_ state: inout State, action: Span<Int64>, random: inout PCG64) -> StepOutcome {
        let torque = Double(action[0] - 1)
        let k1 = derivative(state, torque)
        let k2 = derivative(state + tick / 2 * k1, torque)
        let k3 = derivative(state + tick / 2 * k2, torque)
        let k4 = derivative(state + tick * k3, torque)
        let next = state + tick / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        state = State(
            theta1: wrapped(next.theta1), theta2: wrapped(next.theta2),
            velocity1: clip(next.velocity1, -fastest1, fastest1), velocity2: clip(next.velocity2, -fastest2, fastest2))
        let isOver = -cos(state.theta1) - cos(state.theta2 + state.theta1) > 1
        return StepOutcome(reward: isOver ? 0 : -1, terminated: isOver)
    }

    /// Links of 1 m, 1 kg and a moment of inertia of 1 kg m², centres of mass halfway.
    private func derivative(_ s: State, _ torque: Double) -> State {
        let sine2 = sin(s.theta2)
        let cosine2 = cos(s.theta2)
        let d1 = 0.25 + (1.25 + cosine2) + 1 + 1
        let d2 = 0.25 + 0.5 * cosine2 + 1
        let phi2 = 0.5 * 9.8 * cos(s.theta1 + s.theta2 - .pi / 2)
        let phi1 =
            -0.5 * squared(s.velocity2) * sine2 - s.velocity2 * s.velocity1 * sine2
            + 1.5 * 9.8 * cos(s.theta1 - .pi / 2) + phi2
        let acceleration2 =
            (torque + d2 / d1 * phi1 - 0.5 * squared(s.velocity1) * sine2 - phi2) / (1.25 - squared(d2) / d1)
        let acceleration1 = -(d2 * acceleration2 + phi1) / d1
        return State(
            theta1: s.velocity1, theta2: s.velocity2, velocity1: acceleration1, velocity2: acceleration2)
    }

    /// Into [-pi, pi] by whole turns, one after the other as Gymnasium does; of angles that this would take for ever,
    /// at once.
    private func wrapped(_ angle: Double) -> Double {
        guard abs(angle) < 1e6 else { return remainder(angle, 2 * .pi) }
        var angle = angle
        while angle > .pi { angle -= 2 * .pi }
        while angle < -.pi { angle += 2 * .pi }
        return angle
    }

    func observe(_ state: State, into observation: inout MutableSpan<Float>) {
        if state.isStart == 1 {
            observation[0] = cosf(Float(state.theta1))
            observation[1] = sinf(Float(state.theta1))
            observation[2] = cosf(Float(state.theta2))
            observation[3] = sinf(Float(state.theta2))
        } else {
            observation[0] = Float(cos(state.theta1))
            observation[1] = Float(sin(state.theta1))
            observation[2] = Float(cos(state.theta2))
            observation[3] = Float(sin(state.theta2))
        }
        observation[4] = Float(state.velocity1)
        observation[5] = Float(state.velocity2)
    }

    func isValid(_ state: State) -> Bool {
        state.theta1.isFinite && state.theta2.isFinite && state.velocity1.isFinite && state.velocity2.isFinite
            && state.isStart < 2
    }
}
