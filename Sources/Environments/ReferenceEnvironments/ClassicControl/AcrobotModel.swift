import ClassicControl
import Foundations
import Glibc
import NumPyRandom
import Spaces
import VectorEnvironments

/// Gymnasium's Acrobot in float64: R. S. Sutton, "Generalization in reinforcement learning: successful examples using
/// sparse coarse coding", 1996, with the equations of Sutton and Barto's book; one Runge-Kutta step of 0.2 s.
struct AcrobotModel: RowModel {
    /// Angles in rad, velocities in rad/s.
    typealias State = Motion

    let layout: VectorLayout
    private let bounds = ResetBounds(low: -0.1, high: 0.1)
    private let tick: Double
    private let fastest1 = 4 * Double.pi
    private let fastest2 = 9 * Double.pi

    struct Motion: BitwiseCopyable {
        var theta1, theta2, velocity1, velocity2: Double
        /// Whether no step was taken yet; Gymnasium then computes the observation in float32.
        var isStart = false

        static func + (one: Motion, other: Motion) -> Motion {
            Motion(
                theta1: one.theta1 + other.theta1, theta2: one.theta2 + other.theta2,
                velocity1: one.velocity1 + other.velocity1, velocity2: one.velocity2 + other.velocity2)
        }

        static func * (factor: Double, one: Motion) -> Motion {
            Motion(
                theta1: factor * one.theta1, theta2: factor * one.theta2, velocity1: factor * one.velocity1,
                velocity2: factor * one.velocity2)
        }
    }

    init(_ configuration: AcrobotConfiguration) throws(Failure) {
        layout = try AcrobotConfiguration.layout(precision: .float64).adding(state: [ArrayField("is_start", .uint8)])
        tick = configuration.controlDT
    }

    func check(_ options: ResetOptions) throws(Failure) { try bounds.check(options) }

    func start(_ options: ResetOptions, _ random: inout PCG64) -> State {
        let range = bounds.replaced(by: options)
        func draw() -> Double { Double(Float(random.uniform(range.low, range.high))) }
        return Motion(theta1: draw(), theta2: draw(), velocity1: draw(), velocity2: draw(), isStart: true)
    }

    func complaint(about action: Int64) -> String? { ReferenceEnvironments.complaint(about: action, of: 3) }

    func advance(_ state: inout State, by action: Int64, _ random: inout PCG64) -> Outcome {
        let torque = Double(action - 1)
        let k1 = derivative(state, torque)
        let k2 = derivative(state + tick / 2 * k1, torque)
        let k3 = derivative(state + tick / 2 * k2, torque)
        let k4 = derivative(state + tick * k3, torque)
        let next = state + tick / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        state = Motion(
            theta1: wrapped(next.theta1), theta2: wrapped(next.theta2),
            velocity1: clip(next.velocity1, -fastest1, fastest1), velocity2: clip(next.velocity2, -fastest2, fastest2))
        let isOver = -cos(state.theta1) - cos(state.theta2 + state.theta1) > 1
        return Outcome(reward: isOver ? 0 : -1, terminated: isOver)
    }

    /// Links of 1 m, 1 kg and a moment of inertia of 1 kg m², centres of mass halfway.
    private func derivative(_ s: Motion, _ torque: Double) -> Motion {
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
        return Motion(
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

    func observe(_ state: State, into place: UnsafeMutableRawPointer) {
        let floats = place.assumingMemoryBound(to: Float.self)
        if state.isStart {
            let (theta1, theta2) = (Float(state.theta1), Float(state.theta2))
            (floats[0], floats[1], floats[2], floats[3]) = (cosf(theta1), sinf(theta1), cosf(theta2), sinf(theta2))
        } else {
            place.storeFloats(cos(state.theta1), sin(state.theta1), cos(state.theta2), sin(state.theta2))
        }
        (place + 16).storeFloats(state.velocity1, state.velocity2)
    }

    func write(_ state: State, to record: inout RecordWriter) {
        record.put(state.theta1)
        record.put(state.theta2)
        record.put(state.velocity1)
        record.put(state.velocity2)
        record.put(state.isStart ? 1 : 0 as UInt8)
    }

    func read(_ record: inout RecordReader) throws(Failure) -> State {
        Motion(
            theta1: try record.takeFinite("theta1"), theta2: try record.takeFinite("theta2"),
            velocity1: try record.takeFinite("dtheta1"), velocity2: try record.takeFinite("dtheta2"),
            isStart: try record.takeFlag("is_start"))
    }
}
