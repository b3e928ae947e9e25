import Foundations
import Spaces
import VectorEnvironments

/// The settings of CartPole, after A. Barto, R. Sutton and C. Anderson, "Neuronlike adaptive elements that can solve
/// difficult learning control problems" (1983), with the corrected dynamics of R. Florian (2005). Defaults are those of
/// Gymnasium's CartPole-v1.
public struct CartPoleConfiguration: EnvironmentConfiguration, Hashable {
    public var simDT = 0.02
    public var controlDT = 0.02
    public var maxEpisodeSeconds: Double? = 10
    public var renderSpacing = 6.0
    /// Reward 0 for a step and -1 for a fall, as in the book of Sutton and Barto, instead of 1 for each step.
    public var suttonBartoReward = false

    public init() {}

    public static func layout(precision: Precision) throws(Failure) -> VectorLayout {
        let high: [Float] = [4.8, .infinity, 0.41887903, .infinity]
        return VectorLayout(
            observationSpace: try .bounded(high.map { -$0 }, high), actionSpace: .discrete(try Space.Discrete(n: 2)),
            observation: ArrayField("observation", .float32, [4]), action: ArrayField("action", .int64),
            reward: precision.dtype, state: precision.fields(["x", "x_dot", "theta", "theta_dot"]))
    }
}
