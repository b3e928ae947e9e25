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
                wide
                    ? try Kernels.SIMDKernels.make(configuration, count: count)
                    : try KernelsBaseline.SIMDKernels.make(configuration, count: count)
            }
        }
    }
}
