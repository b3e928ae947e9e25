import Foundations
import JSON
import Testing
import VectorEnvironments

/// The typed registry: its checks in their order, and what they say.
struct RegistryTests {
    private func failure(_ body: () throws -> Void) -> Failure? { #expect(throws: Failure.self) { try body() } }

    @Test func `a name is registered once`() throws {
        var registry = try countdown()
        #expect(registry.contains("countdown"))
        #expect(!registry.contains("countdow"))
        let failure = failure { try registry.register("countdown", configuration: CountdownConfiguration.self) }
        #expect(failure?.message == "Environment 'countdown' is already registered.")
        #expect(failure?.code == .alreadyExists)
    }

    @Test func `an implementation needs a configuration, a free simulator and the right type`() throws {
        var registry = EnvironmentRegistry()
        let unknown = failure { try registry.register("countdown", environment: Countdown.self) }
        #expect(unknown?.message == "Environment 'countdown' is not registered.")
        #expect(unknown?.next.hasPrefix("Please register the config first") == true)
        try registry.register("countdown", configuration: CountdownConfiguration.self)
        let wrong = failure { try registry.register("countdown", environment: Pole.self) }
        #expect(wrong?.code == .invalidArgument)
        try registry.register("countdown", environment: Countdown.self)
        let taken = failure { try registry.register("countdown", environment: Countdown.self) }
        #expect(taken?.message == "Environment 'countdown' with sim backend 'reference' is already registered.")
        #expect(failure { _ = try Simulator(named: "np") }?.message == "Unsupported simulation backend: np.")
    }

    @Test func `the default simulator is the one that was named, whichever was registered first`() throws {
        var registry = EnvironmentRegistry()
        try registry.register("a", configuration: CountdownConfiguration.self, defaultSimulator: .simd)
        #expect(failure { _ = try registry.findAvailableSimulator("b") }?.code == .notFound)
        let none = failure { _ = try registry.findAvailableSimulator("a") }
        #expect(none?.message == "Environment 'a' does not support any simulation backend.")
        try registry.register("a", simulator: .reference, environment: Countdown.self)
        #expect(try registry.findAvailableSimulator("a") == .reference)
        try registry.register("a", simulator: .simd, environment: Countdown.self)
        #expect(try registry.findAvailableSimulator("a") == .simd)
    }

    @Test func `make looks at the name, the overrides, the configuration and the simulator, in this order`() throws {
        let registry = try countdown()
        #expect(failure { _ = try registry.make("countdwn", overrides: ["x": 1]) }?.next == "did you mean 'countdown'?")
        let key = failure {
            _ = try registry.make("countdown", simulator: .simd, overrides: ["lengt": 1, "length": 0])
        }
        #expect(key?.message == "Config class 'CountdownConfiguration' has no attribute 'lengt'")
        #expect(key?.next == "did you mean length?")
        let value = failure { _ = try registry.make("countdown", simulator: .simd, overrides: ["length": 0]) }
        #expect(value?.message == "length must be positive, not 0")
        let simulator = failure { _ = try registry.make("countdown", simulator: .simd) }
        #expect(simulator?.message == "Environment 'countdown' does not support simulation backend 'simd'.")
        #expect(simulator?.next == "it supports 'reference'")
        #expect(failure { _ = try registry.make("countdown", count: 0) }?.code == .invalidArgument)
        #expect(failure { _ = try registry.make("countdown", count: -1) }?.code == .invalidArgument)
        #expect(failure { _ = try registry.make("countdown", count: .max) }?.code == .invalidArgument)
    }

    @Test func `overrides are typed, dotted and checked`() throws {
        let registry = try countdown()
        let made =
            try registry.configuration(
                "countdown", overrides: ["reward.scale": 2, "weights": [3], "label": "x", "max_episode_seconds": 1.5])
            as? CountdownConfiguration
        #expect(made?.reward == .init(scale: 2))
        #expect(made?.weights == [3])
        #expect(made?.label == "x")
        #expect(made?.maxEpisodeSteps == 15)
        let nested = failure { _ = try registry.configuration("countdown", overrides: ["reward.scal": 2]) }
        #expect(nested?.next == "did you mean scale?")
        let type = failure { _ = try registry.configuration("countdown", overrides: ["length": "three"]) }
        #expect(type?.message == "length: a whole number is needed, not a string")
        let fraction = failure { _ = try registry.configuration("countdown", overrides: ["length": 2.5]) }
        #expect(fraction?.message == "length: a whole number is needed, not a number")
        let deep = failure { _ = try registry.configuration("countdown", overrides: ["length.x": 1]) }
        #expect(deep?.code == .invalidArgument)
        let object = failure { _ = try registry.configuration("countdown", overrides: ["reward": 3]) }
        #expect(object?.message == "reward: an object is needed, not a number")
    }

    @Test func `settings are JSON with every field in snake case`() throws {
        let json = try CountdownConfiguration().json()
        #expect(json["sim_dt"] == 0.1)
        #expect(json["max_episode_seconds"] == .null)
        #expect(json["reward"]?["is_negative"] == false)
    }

    @Test(arguments: [
        (0.01, 10.0, 1000), (0.02, 10.0, 500), (0.1, 0.3, 3), (0.07, 0.5, 8), (0.025, 10.0, 400), (0.3, 0.1, 1),
    ])
    func `the step limit is rounded with a tolerance`(tick: Double, seconds: Double, steps: Int) {
        var configuration = CountdownConfiguration()
        configuration.controlDT = tick
        configuration.maxEpisodeSeconds = seconds
        #expect(configuration.maxEpisodeSteps == steps)
    }

    @Test func `times that do not fit each other are refused`() throws {
        func check(_ sim: Double, _ control: Double, _ seconds: Double? = nil) throws {
            var configuration = CountdownConfiguration()
            (configuration.simDT, configuration.controlDT, configuration.maxEpisodeSeconds) = (sim, control, seconds)
            try configuration.validateAll()
        }
        try check(0.0125, 0.025, 10)
        #expect(failure { try check(0.02, 0.01) }?.message == "sim_dt must be less than or equal to control_dt")
        #expect(failure { try check(0.01, 0.025) }?.message == "control_dt must be a multiple of sim_dt")
        for (sim, control, seconds) in [
            (0.0, 1.0, 1.0), (-1, 1, 1), (.nan, 1, 1), (1, .infinity, 1), (1, 1, 0), (1, 1, .nan), (1e-9, 1, 1),
            (1, 1, 1e300),
        ] {
            #expect(failure { try check(sim, control, seconds) }?.code == .invalidArgument)
        }
    }

    @Test func `listing names configurations and simulators in a fixed order`() throws {
        var registry = try countdown()
        try registry.register("a", configuration: CountdownConfiguration.self)
        let list = registry.list()
        #expect(list.map(\.name) == ["a", "countdown"])
        #expect(list[0].defaultSimulator == nil)
        #expect(list[1].configuration == "CountdownConfiguration")
        #expect(list[1].simulators == [.reference])
        #expect(try registry.describe("countdown")["max_episode_steps"] == .null)
    }
}
