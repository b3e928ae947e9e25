import ClassicControl
import Foundations
import VectorEnvironments

/// The float32 kernels of this build.
public enum SIMDKernels {
    public static func make(_ configuration: CartPoleConfiguration, count: Int) throws(Failure) -> any VectorKernel {
        LaneKernel(
            CartPole(configuration), count: count, layout: try CartPoleConfiguration.layout(precision: .float32),
            limit: configuration.maxEpisodeSteps, options: .pair("low", "high", within: -0.5...0.5)
        ) { UInt64(bitPattern: $0) < 2 }
    }
}
