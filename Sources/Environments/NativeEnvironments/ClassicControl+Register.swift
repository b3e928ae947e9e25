import ClassicControl
import Foundations
import JSON
import Kernels
import KernelsBaseline
import VectorEnvironments

extension NativeEnvironments {
    /// The float32 path of Gymnasium's classic control.
    static func registerClassicControl(in registry: inout EnvironmentRegistry, wide: Bool) throws(Failure) {
        try registerCartPole(in: &registry, wide: wide)
        try add("MountainCar-v0", to: &registry) { (configuration: MountainCarConfiguration, count) throws(Failure) in
            let memory = LaneMemory(count: count, variables: 2)
            let make = wide ? Kernels.LaneKernels.mountainCar : KernelsBaseline.LaneKernels.mountainCar
            return LaneKernel(
                layout: try MountainCarConfiguration.layout(precision: .float32), memory: memory,
                options: .bounds(within: -1.2...0.6), bound: 10,
                functions: { make($0, configuration.stepLimit, Float(configuration.goalVelocity)) })
        }
        try add("MountainCarContinuous-v0", to: &registry) {
            (configuration: MountainCarContinuousConfiguration, count) throws(Failure) in
            let memory = LaneMemory(count: count, variables: 2)
            let make =
                wide ? Kernels.LaneKernels.mountainCarContinuous : KernelsBaseline.LaneKernels.mountainCarContinuous
            return LaneKernel(
                layout: try MountainCarContinuousConfiguration.layout(precision: .float32), memory: memory,
                options: .bounds(within: -1.2...0.6), bound: 10,
                functions: { make($0, configuration.stepLimit, Float(configuration.goalVelocity)) })
        }
        try add("Pendulum-v1", to: &registry) { (configuration: PendulumConfiguration, count) throws(Failure) in
            let memory = LaneMemory(count: count, variables: 2)
            let make = wide ? Kernels.LaneKernels.pendulum : KernelsBaseline.LaneKernels.pendulum
            return LaneKernel(
                layout: try PendulumConfiguration.layout(precision: .float32), memory: memory,
                options: StartOptions(
                    first: "x_init", second: "y_init", firstRange: -1000...1000, secondRange: -1000...1000),
                bound: 1000,
                functions: {
                    make(
                        $0, configuration.stepLimit, Float(configuration.controlDT), Float(configuration.g))
                })
        }
        try add("Acrobot-v1", to: &registry) { (configuration: AcrobotConfiguration, count) throws(Failure) in
            let memory = LaneMemory(count: count, variables: 4)
            let make = wide ? Kernels.LaneKernels.acrobot : KernelsBaseline.LaneKernels.acrobot
            return LaneKernel(
                layout: try AcrobotConfiguration.layout(precision: .float32), memory: memory,
                options: .bounds(within: -100...100), bound: 100,
                functions: { make($0, configuration.stepLimit, Float(configuration.controlDT)) })
        }
    }

    private static func registerCartPole(in registry: inout EnvironmentRegistry, wide: Bool) throws(Failure) {
        for (name, seconds) in [("CartPole-v0", 4.0), ("CartPole-v1", 10.0)] {
            try add(name, ["max_episode_seconds": .number(seconds)], to: &registry) {
                (configuration: CartPoleConfiguration, count) throws(Failure) in
                let memory = LaneMemory(count: count, variables: 4)
                let make = wide ? Kernels.LaneKernels.cartPole : KernelsBaseline.LaneKernels.cartPole
                let hasPenalty = configuration.suttonBartoReward
                return LaneKernel(
                    layout: try CartPoleConfiguration.layout(precision: .float32), memory: memory,
                    options: .bounds(within: -0.5...0.5),
                    functions: {
                        make(
                            $0, configuration.stepLimit, Float(configuration.controlDT), hasPenalty ? 0 : 1,
                            hasPenalty ? -1 : 1)
                    })
            }
        }
    }

    /// Makes a name known and adds its float32 path, which is the default.
    static func add<Configuration: EnvironmentConfiguration>(
        _ name: String, _ defaults: JSONObject = JSONObject(), to registry: inout EnvironmentRegistry,
        make: @escaping @Sendable (Configuration, Int) throws(Failure) -> any VectorKernel
    ) throws(Failure) {
        try registry.register(name, configuration: Configuration.self, defaults: defaults)
        try registry.register(name, simulator: .simd, make: make)
    }
}

extension EnvironmentConfiguration {
    /// `maxEpisodeSteps` as kernels take it.
    var stepLimit: Int32 { maxEpisodeSteps.flatMap { Int32(exactly: $0) } ?? .max }
}
