import Foundations
import Spaces
import VectorEnvironments

struct CountdownConfiguration: EnvironmentConfiguration, Equatable {
    struct Reward: Codable, Sendable, Equatable {
        var scale = 1.0
        var isNegative = false
    }

    var simDT = 0.1
    var controlDT = 0.1
    var maxEpisodeSeconds: Double?
    var length = 3
    var label = "count"
    var reward = Reward()
    var weights = [1.0, 2.0]

    func validate() throws(Failure) {
        guard length > 0 else { throw Failure(.invalidArgument, "length must be positive, not \(length)") }
    }
}

/// Counts its steps up to a length; the action 1 ends an episode at once, and the start is a random number.
struct Countdown: RowEnvironment {
    struct State: BitwiseCopyable, Sendable {
        var steps: Int32 = 0
        var start: Int32 = 0
    }

    let observationSpace: Space
    let actionSpace: Space
    let stateFields = [ArrayField("steps", .int32), ArrayField("start", .int32)]
    let infoFields = [ArrayField("left", .int32)]
    let resetOptions: [String: ClosedRange<Double>] = ["steps": 0...10]
    private let configuration: CountdownConfiguration

    init(_ configuration: CountdownConfiguration) throws(Failure) {
        self.configuration = configuration
        observationSpace = try .box(low: [0, 0], high: [1000, 1000])
        actionSpace = try .discrete(2)
    }

    func reset(_ random: inout RowRandom, options: ResetOptions) -> State {
        State(steps: Int32(options["steps"] ?? 0), start: Int32(random.next() % 1000))
    }

    func step(_ state: inout State, action: Span<Int64>, random: inout RowRandom) -> StepOutcome {
        state.steps += 1
        return StepOutcome(
            reward: configuration.reward.scale * Double(state.steps),
            terminated: action[0] == 1 || state.steps >= Int32(configuration.length))
    }

    func observe(_ state: State, into observation: inout MutableSpan<Float>) {
        observation[0] = Float(state.steps)
        observation[1] = Float(state.start)
    }

    func info(_ state: State, into info: UnsafeMutableRawBufferPointer) {
        info.storeBytes(of: Int32(configuration.length) - state.steps, as: Int32.self)
    }

    func isValid(_ state: State) -> Bool { state.steps >= 0 && (0..<1000).contains(state.start) }
}

func countdown() throws(Failure) -> EnvironmentRegistry {
    var registry = EnvironmentRegistry()
    try registry.register("countdown", configuration: CountdownConfiguration.self, defaultSimulator: .reference)
    try registry.register("countdown", environment: Countdown.self)
    return registry
}
