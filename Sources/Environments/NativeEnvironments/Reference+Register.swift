import ClassicControl
import EnvironmentScenes
import Foundations
import JSON
import ReferenceEnvironments
import VectorEnvironments

extension NativeEnvironments {
    /// The float64 path of classic control, whose names `registerClassicControl` makes known.
    static func registerReference(in registry: inout EnvironmentRegistry) throws(Failure) {
        for name in ["CartPole-v0", "CartPole-v1"] {
            try add(name, to: &registry) { (configuration: CartPoleConfiguration, count) throws(Failure) in
                try ReferenceKernels.make(configuration, count: count)
            }
        }
        try add("MountainCar-v0", to: &registry) { (configuration: MountainCarConfiguration, count) throws(Failure) in
            try ReferenceKernels.make(configuration, count: count)
        }
        try add("MountainCarContinuous-v0", to: &registry) {
            (configuration: MountainCarContinuousConfiguration, count) throws(Failure) in
            try ReferenceKernels.make(configuration, count: count)
        }
        try add("Pendulum-v1", to: &registry) { (configuration: PendulumConfiguration, count) throws(Failure) in
            try ReferenceKernels.make(configuration, count: count)
        }
        try add("Acrobot-v1", to: &registry) { (configuration: AcrobotConfiguration, count) throws(Failure) in
            try ReferenceKernels.make(configuration, count: count)
        }
    }

    /// Environments that have no other path.
    static func registerTables(in registry: inout EnvironmentRegistry) throws(Failure) {
        for (name, defaults) in [
            ("FrozenLake-v1", JSONObject()), ("FrozenLake8x8-v1", ["map_name": "8x8", "max_episode_seconds": 200.0]),
        ] {
            try add(name, defaults, to: &registry) { (configuration: FrozenLakeConfiguration, count) throws(Failure) in
                try ReferenceKernels.make(configuration, count: count)
            }
        }
        for (name, defaults) in [
            ("CliffWalking-v1", JSONObject()), ("CliffWalkingSlippery-v1", ["is_slippery": true]),
        ] {
            try add(name, defaults, to: &registry) {
                (configuration: CliffWalkingConfiguration, count) throws(Failure) in
                try ReferenceKernels.make(configuration, count: count)
            }
        }
        try add("Taxi-v4", to: &registry) { (configuration: TaxiConfiguration, count) throws(Failure) in
            try ReferenceKernels.make(configuration, count: count)
        }
        try add("Taxi-v3", to: &registry) { (configuration: TaxiConfiguration, count) throws(Failure) in
            guard !configuration.isRainy, !configuration.ficklePassenger else {
                throw Failure(
                    .invalidArgument, "Taxi-v3 has neither rain nor fickle passengers",
                    next: "Taxi-v4 has both, with corrected rules")
            }
            return try ReferenceKernels.make(configuration, count: count)
        }
        try add("Blackjack-v1", to: &registry) { (configuration: BlackjackConfiguration, count) throws(Failure) in
            try ReferenceKernels.make(configuration, count: count)
        }
        try add("Breakout-MinAtar-v1", to: &registry) { (configuration: BreakoutConfiguration, count) throws(Failure) in
            try ReferenceKernels.make(configuration, count: count)
        }
    }

    /// Adds the simulator `reference` and pictures to a name; makes the name known where it is not.
    private static func add<Configuration: EnvironmentConfiguration & SceneSource>(
        _ name: String, _ defaults: JSONObject = JSONObject(), to registry: inout EnvironmentRegistry,
        make: @escaping @Sendable (Configuration, Int) throws(Failure) -> any VectorKernel
    ) throws(Failure) {
        if !registry.contains(name) {
            try registry.register(
                name, configuration: Configuration.self, defaults: defaults, defaultSimulator: .reference)
        }
        try registry.register(name, simulator: .reference, make: make)
        try registry.register(name) { (configuration: Configuration) throws(Failure) in RowRenderer(configuration) }
    }
}
