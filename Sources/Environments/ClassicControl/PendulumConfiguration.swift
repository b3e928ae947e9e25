import Foundations
import Spaces
import VectorEnvironments

/// The settings of Gymnasium's Pendulum-v1: a rod of 1 m and 1 kg that is to stand upright.
public struct PendulumConfiguration: EnvironmentConfiguration, Hashable {
    public var simDT = 0.05
    public var controlDT = 0.05
    public var maxEpisodeSeconds: Double? = 10
    public var renderSpacing = 4.0
    /// Gravity, m/s².
    public var g = 10.0

    public init() {}

    public static func layout(precision: Precision) throws(Failure) -> VectorLayout {
        VectorLayout(
            observationSpace: try .bounded([-1, -1, -8], [1, 1, 8]), actionSpace: try .bounded([-2], [2]),
            observation: ArrayField("observation", .float32, [3]), action: ArrayField("action", .float32, [1]),
            reward: precision.dtype, state: precision.fields(["theta", "theta_dot"]))
    }

    public func validate() throws(Failure) {
        guard g.isFinite else { throw Failure(.invalidArgument, "g must be a finite number, not \(g)") }
    }
}
