import ClassicControl
import EnvironmentScenes
import Foundations
import Kernels
import KernelsBaseline
import VectorEnvironments

extension NativeEnvironments {
    /// MotrixLab's `cartpole` and `pendulum` in float32 and float64.
    static func registerMotrix(in registry: inout EnvironmentRegistry, wide: Bool) throws(Failure) {
        try add("cartpole", to: &registry) { (configuration: MotrixCartPoleConfiguration, count) throws(Failure) in
            let memory = LaneMemory(count: count, variables: 4)
            let make = wide ? Kernels.LaneKernels.motrixCartPole : KernelsBaseline.LaneKernels.motrixCartPole
            return LaneKernel(
                layout: try MotrixCartPoleConfiguration.layout(precision: .float32), memory: memory, options: nil,
                bound: 1000, functions: { make($0, configuration.stepLimit, CartPoleNumbers(configuration)) })
        }
        try registry.register("cartpole", environment: MotrixCartPoleRow.self)
        try registry.register("cartpole") { (configuration: MotrixCartPoleConfiguration) throws(Failure) in
            RowRenderer(configuration)
        }
        try add("pendulum", to: &registry) { (configuration: MotrixPendulumConfiguration, count) throws(Failure) in
            let memory = LaneMemory(count: count, variables: 3)
            let make = wide ? Kernels.LaneKernels.motrixPendulum : KernelsBaseline.LaneKernels.motrixPendulum
            let model = MotrixPendulumModel.self
            let inertia = model.inertia + model.damping * configuration.simDT
            return LaneKernel(
                layout: try MotrixPendulumConfiguration.layout(precision: .float32), memory: memory, options: nil,
                bound: 1000,
                functions: {
                    make(
                        $0, configuration.stepLimit, Float(configuration.simDT), configuration.simSubsteps,
                        Float(model.weight / inertia), Float(model.damping / inertia), Float(model.gear / inertia),
                        Float(configuration.resetNoiseScale))
                })
        }
        try registry.register("pendulum", environment: MotrixPendulumRow.self)
        try registry.register("pendulum") { (configuration: MotrixPendulumConfiguration) throws(Failure) in
            RowRenderer(configuration)
        }
    }
}

extension CartPoleNumbers {
    init(_ configuration: MotrixCartPoleConfiguration) {
        let model = MotrixCartPoleModel()
        let moment = model.poleMass * model.poleCentre
        self.init(
            tick: configuration.simDT, substeps: configuration.simSubsteps, mass: model.cartMass + model.poleMass,
            moment: moment, inertia: model.poleInertia, weight: moment * model.gravity, damping: model.damping,
            gear: model.gear, noise: configuration.resetNoiseScale)
    }
}
