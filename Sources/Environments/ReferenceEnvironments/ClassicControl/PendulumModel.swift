import ClassicControl
import Foundations
import Glibc
import NumPyRandom
import Spaces
import VectorEnvironments

/// Gymnasium's Pendulum in float64: a rod of 1 m and 1 kg, steps of 0.05 s.
struct PendulumModel: RowModel {
    struct State: BitwiseCopyable {
        /// rad (0 is upright), rad/s.
        var theta, thetaDot: Double
    }

    let layout: VectorLayout
    /// m/s².
    private let gravity: Double

    private let fastest = 8.0
    private let strongest: Float = 2
    private let tick: Double

    init(_ configuration: PendulumConfiguration) throws(Failure) {
        layout = try PendulumConfiguration.layout(precision: .float64)
        gravity = configuration.g
        tick = configuration.controlDT
    }

    /// `x_init` and `y_init`: the bounds of the start angle and velocity on both sides.
    func check(_ options: ResetOptions) throws(Failure) { try options.check(known: ["x_init", "y_init"]) }

    func start(_ options: ResetOptions, _ random: inout PCG64) -> State {
        let angle = options["x_init"] ?? .pi
        let velocity = options["y_init"] ?? 1
        return State(theta: random.uniform(-angle, angle), thetaDot: random.uniform(-velocity, velocity))
    }

    func complaint(about action: Float) -> String? { ReferenceEnvironments.complaint(about: action) }

    func advance(_ state: inout State, by action: Float, _ random: inout PCG64) -> Outcome {
        let torque = clip(action, -strongest, strongest)
        let angle = flooredRemainder(state.theta + .pi, 2 * .pi) - .pi
        // Gymnasium's torque is a float32, and so are its products with Python's numbers.
        let cost = squared(angle) + 0.1 * squared(state.thetaDot) + Double(0.001 * squared(torque))
        let acceleration = 3 * gravity / 2 * sin(state.theta) + Double(3 * torque)
        state.thetaDot = clip(state.thetaDot + acceleration * tick, -fastest, fastest)
        state.theta += state.thetaDot * tick
        return Outcome(reward: -cost)
    }

    func observe(_ state: State, into place: UnsafeMutableRawPointer) {
        place.storeFloats(cos(state.theta), sin(state.theta))
        (place + 8).storeBytes(of: Float(state.thetaDot), as: Float.self)
    }

    func write(_ state: State, to record: inout RecordWriter) {
        record.put(state.theta)
        record.put(state.thetaDot)
    }

    func read(_ record: inout RecordReader) throws(Failure) -> State {
        State(theta: try record.takeFinite("theta"), thetaDot: try record.takeFinite("theta_dot"))
    }
}
