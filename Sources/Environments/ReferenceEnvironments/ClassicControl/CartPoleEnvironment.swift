import ClassicControl
import Foundations
import Glibc
import NumPyRandom
import Spaces
import VectorEnvironments

/// Gymnasium's CartPole in float64: A. G. Barto, R. S. Sutton and C. W. Anderson, "Neuronlike adaptive elements that can
/// solve difficult learning control problems", 1983; equations after R. V. Florian, "Correct equations for the dynamics
/// of the cart-pole system", 2007; explicit Euler steps.
struct CartPoleEnvironment: RowEnvironment {
    struct State: BitwiseCopyable {
        /// m, m/s, rad, rad/s.
        var x, xDot, theta, thetaDot: Double
    }

    typealias Random = PCG64

    let observationSpace: Space
    let actionSpace: Space
    let stateFields: [ArrayField]
    let resetOptions = ResetBounds.options
    private let bounds = ResetBounds(low: -0.05, high: 0.05)
    private let hasSuttonBartoReward: Bool
    /// s.
    private let tick: Double

    private let gravity = 9.8
    private let poleMass = 0.1
    private let totalMass = 0.1 + 1.0
    private let halfLength = 0.5
    private let poleMassLength = 0.1 * 0.5
    private let angleLimit = 12 * 2 * Double.pi / 360
    private let positionLimit = 2.4

    init(_ configuration: CartPoleConfiguration) throws(Failure) {
        let layout = try CartPoleConfiguration.layout(precision: .float64)
        (observationSpace, actionSpace, stateFields) = (layout.observationSpace, layout.actionSpace, layout.state)
        hasSuttonBartoReward = configuration.suttonBartoReward
        tick = configuration.controlDT
    }

    func check(_ options: ResetOptions) throws(Failure) { try bounds.check(options) }

    func reset(_ random: inout PCG64, options: ResetOptions) -> State {
        let range = bounds.replaced(by: options)
        func draw() -> Double { random.uniform(range.low, range.high) }
        return State(x: draw(), xDot: draw(), theta: draw(), thetaDot: draw())
    }

    func step(_ state: inout State, action: Span<Int64>, random: inout PCG64) -> StepOutcome {
        let force = action[0] == 1 ? 10.0 : -10.0
        let cosine = cos(state.theta)
        let sine = sin(state.theta)
        let temp = (force + poleMassLength * (state.thetaDot * state.thetaDot) * sine) / totalMass
        let thetaAcceleration =
            (gravity * sine - cosine * temp)
            / (halfLength * (4.0 / 3.0 - poleMass * (cosine * cosine) / totalMass))
        let acceleration = temp - poleMassLength * thetaAcceleration * cosine / totalMass
        state = State(
            x: state.x + tick * state.xDot, xDot: state.xDot + tick * acceleration,
            theta: state.theta + tick * state.thetaDot, thetaDot: state.thetaDot + tick * thetaAcceleration)
        let isOver = abs(state.x) > positionLimit || abs(state.theta) > angleLimit
        let reward = hasSuttonBartoReward ? (isOver ? -1.0 : 0) : 1
        return StepOutcome(reward: reward, terminated: isOver)
    }

    func observe(_ state: State, into observation: inout MutableSpan<Float>) {
        observation[0] = Float(state.x)
        observation[1] = Float(state.xDot)
        observation[2] = Float(state.theta)
        observation[3] = Float(state.thetaDot)
    }

    func isValid(_ state: State) -> Bool {
        state.x.isFinite && state.xDot.isFinite && state.theta.isFinite && state.thetaDot.isFinite
    }
}
