import Foundations
import Spaces
import VectorEnvironments

/// The settings of MountainCarContinuous, after A. Moore, "Efficient memory-based learning for robot control" (1990).
/// Defaults are those of Gymnasium's MountainCarContinuous-v0.
public struct MountainCarContinuousConfiguration: EnvironmentConfiguration, Hashable {
    public var simDT = 1.0
    public var controlDT = 1.0
    public var maxEpisodeSeconds: Double? = 999
    public var renderSpacing = 2.0
    /// The least velocity at the goal that ends an episode.
    public var goalVelocity = 0.0

    public init() {}

    public static func layout(precision: Precision) throws(Failure) -> VectorLayout {
        VectorLayout(
            observationSpace: try .bounded([-1.2, -0.07], [0.6, 0.07]), actionSpace: try .bounded([-1], [1]),
            observation: ArrayField("observation", .float32, [2]), action: ArrayField("action", .float32, [1]),
            reward: precision.dtype, state: precision.fields(["position", "velocity"]))
    }
}
