import Foundations
import Spaces
import VectorEnvironments

/// The settings of Acrobot, after R. Sutton, "Generalization in reinforcement learning: successful examples using sparse
/// coarse coding" (1996). Defaults are those of Gymnasium's Acrobot-v1.
public struct AcrobotConfiguration: EnvironmentConfiguration, Hashable {
    public var simDT = 0.2
    public var controlDT = 0.2
    public var maxEpisodeSeconds: Double? = 100
    public var renderSpacing = 5.0

    public init() {}

    public static func layout(precision: Precision) throws(Failure) -> VectorLayout {
        let high: [Float] = [1, 1, 1, 1, 12.566371, 28.274334]
        return VectorLayout(
            observationSpace: try .bounded(high.map { -$0 }, high), actionSpace: .discrete(try Space.Discrete(n: 3)),
            observation: ArrayField("observation", .float32, [6]), action: ArrayField("action", .int64),
            reward: precision.dtype, state: precision.fields(["theta1", "theta2", "theta1_dot", "theta2_dot"]))
    }
}
