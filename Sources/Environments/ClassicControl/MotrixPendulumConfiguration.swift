import Foundations
import Spaces
import VectorEnvironments

/// The settings of MotrixLab's `pendulum`: a mass of 1 kg on a massless rod of 0.5 m that is to stand upright.
public struct MotrixPendulumConfiguration: EnvironmentConfiguration, Hashable {
    public var simDT = 0.0125
    public var controlDT = 0.025
    public var maxEpisodeSeconds: Double? = 10
    public var renderSpacing = 1.0
    /// The velocity starts within this distance from 0, rad/s.
    public var resetNoiseScale = 0.0

    public init() {}

    public static func layout(precision: Precision) throws(Failure) -> VectorLayout {
        let limits = [Float](repeating: .infinity, count: 3)
        return VectorLayout(
            observationSpace: try .bounded(limits.map { -$0 }, limits), actionSpace: try .bounded([-1], [1]),
            observation: ArrayField("observation", .float32, [3]), action: ArrayField("action", .float32, [1]),
            reward: precision.dtype, state: precision.fields(["angle", "velocity", "previous_control"]))
    }

    public func validate() throws(Failure) {
        guard (0...100).contains(resetNoiseScale) else {
            throw Failure(.invalidArgument, "reset_noise_scale must be from 0 to 100, not \(resetNoiseScale)")
        }
    }
}

/// The body that MotrixLab's `pendulum` describes. At angle 0 the mass is above the hinge.
public enum MotrixPendulumModel {
    /// Gravity times mass times length, N m.
    public static let weight = 9.81 * 0.5
    /// Of a ball of 1 kg and radius 0.05 m around a hinge 0.5 m away, kg m².
    public static let inertia = 0.25 + 0.4 * 0.05 * 0.05
    /// N m s/rad.
    public static let damping = 0.1
    /// N m for a control of 1.
    public static let gear = 5.0
}
