import ClassicControl
import Foundations
import JSON
import Kernels
import KernelsBaseline
import VectorEnvironments

extension NativeEnvironments {
    static func registerClassicControl(in registry: inout EnvironmentRegistry, wide: Bool) throws(Failure) {
        try registry.register("CartPole-v1", configuration: CartPoleConfiguration.self)
        try registry.register(
            "CartPole-v0", configuration: CartPoleConfiguration.self, defaults: ["max_episode_seconds": 4.0])
        for name in ["CartPole-v0", "CartPole-v1"] {
            try registry.register(name, simulator: .simd) {
                (configuration: CartPoleConfiguration, count) throws(Failure) in
                let memory = LaneMemory(count: count, variables: 4)
                let make = wide ? Kernels.LaneKernels.cartPole : KernelsBaseline.LaneKernels.cartPole
                let hasPenalty = configuration.suttonBartoReward
                return LaneKernel(
                    layout: try CartPoleConfiguration.layout(precision: .float32), memory: memory,
                    options: .bounds(within: -0.5...0.5),
                    functions: make(
                        memory, configuration.stepLimit, Float(configuration.controlDT), hasPenalty ? 0 : 1,
                        hasPenalty ? -1 : 1))
            }
        }
    }
}

extension EnvironmentConfiguration {
    /// `maxEpisodeSteps` as kernels take it.
    var stepLimit: Int32 { maxEpisodeSteps.flatMap { Int32(exactly: $0) } ?? .max }
}
