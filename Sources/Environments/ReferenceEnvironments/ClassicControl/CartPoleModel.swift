import ClassicControl
import Foundations
import Glibc
import NumPyRandom
import Spaces
import VectorEnvironments

/// Gymnasium's CartPole in float64: A. G. Barto, R. S. Sutton and C. W. Anderson, "Neuronlike adaptive elements that can
/// solve difficult learning control problems", 1983; equations after R. V. Florian, "Correct equations for the dynamics
/// of the cart-pole system", 2007; Euler steps of 0.02 s.
struct CartPoleModel: RowModel {
    struct State: BitwiseCopyable {
        /// m, m/s, rad, rad/s.
        var x, xDot, theta, thetaDot: Double
    }

    let layout: VectorLayout
    private let hasSuttonBartoReward: Bool
    /// s.
    private let tick: Double

    private let bounds = ResetBounds(low: -0.05, high: 0.05)
    private let gravity = 9.8
    private let poleMass = 0.1
    private let totalMass = 0.1 + 1.0
    private let halfLength = 0.5
    private let poleMassLength = 0.1 * 0.5
    private let angleLimit = 12 * 2 * Double.pi / 360
    private let positionLimit = 2.4

    init(_ configuration: CartPoleConfiguration) throws(Failure) {
        layout = try CartPoleConfiguration.layout(precision: .float64)
        hasSuttonBartoReward = configuration.suttonBartoReward
        tick = configuration.controlDT
    }

    func check(_ options: ResetOptions) throws(Failure) { try bounds.check(options) }

    func start(_ options: ResetOptions, _ random: inout PCG64) -> State {
        let range = bounds.replaced(by: options)
        func draw() -> Double { random.uniform(range.low, range.high) }
        return State(x: draw(), xDot: draw(), theta: draw(), thetaDot: draw())
    }

    func complaint(about action: Int64) -> String? { ReferenceEnvironments.complaint(about: action, of: 2) }

    func advance(_ state: inout State, by action: Int64, _ random: inout PCG64) -> Outcome {
        let force = action == 1 ? 10.0 : -10.0
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
        return Outcome(reward: reward, terminated: isOver)
    }

    func observe(_ state: State, into place: UnsafeMutableRawPointer) {
        place.storeFloats(state.x, state.xDot, state.theta, state.thetaDot)
    }

    func write(_ state: State, to record: inout RecordWriter) {
        record.put(state.x)
        record.put(state.xDot)
        record.put(state.theta)
        record.put(state.thetaDot)
    }

    func read(_ record: inout RecordReader) throws(Failure) -> State {
        State(
            x: try record.takeFinite("x"), xDot: try record.takeFinite("x_dot"),
            theta: try record.takeFinite("theta"), thetaDot: try record.takeFinite("theta_dot"))
    }
}

extension UnsafeMutableRawPointer {
    /// Stores numbers as `float32`, one after the other.
    func storeFloats(_ a: Double, _ b: Double) {
        let floats = assumingMemoryBound(to: Float.self)
        floats[0] = Float(a)
        floats[1] = Float(b)
    }

    func storeFloats(_ a: Double, _ b: Double, _ c: Double, _ d: Double) {
        storeFloats(a, b)
        (self + 8).storeFloats(c, d)
    }
}
