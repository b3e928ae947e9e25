import Foundations
import Glibc
import Spaces
import VectorEnvironments

struct PoleConfiguration: EnvironmentConfiguration {
    var simDT = 0.02
    var controlDT = 0.02
    var maxEpisodeSeconds: Double? = 10
    var force = 10.0  // newtons
}

struct Pole: RowEnvironment {
    struct State: BitwiseCopyable, Sendable { var x = 0.0, velocity = 0.0, angle = 0.0, spin = 0.0 }

    let observationSpace: Space
    let actionSpace: Space
    let stateFields = ["x", "velocity", "angle", "spin"].map { ArrayField($0, .float64) }
    private let configuration: PoleConfiguration

    init(_ configuration: PoleConfiguration) throws(Failure) {
        self.configuration = configuration
        let high: [Float] = [4.8, .infinity, 0.42, .infinity]
        observationSpace = try .box(low: high.map { -$0 }, high: high)
        actionSpace = try .discrete(2)
    }

    func reset(_ random: inout RowRandom, options: ResetOptions) -> State {
        State(x: random.uniform(-0.05, 0.05), angle: random.uniform(-0.05, 0.05))
    }

    func step(_ state: inout State, action: Span<Int64>, random: inout RowRandom) -> StepOutcome {
        let force = action[0] == 1 ? configuration.force : -configuration.force
        let push = (force + 0.05 * state.spin * state.spin * sin(state.angle)) / 1.1
        let turn =
            (9.8 * sin(state.angle) - cos(state.angle) * push)
            / (0.5 * (4 / 3 - 0.1 * cos(state.angle) * cos(state.angle) / 1.1))
        let tick = configuration.controlDT
        state.x += tick * state.velocity
        state.velocity += tick * (push - 0.05 * turn * cos(state.angle) / 1.1)
        state.angle += tick * state.spin
        state.spin += tick * turn
        return StepOutcome(reward: 1, terminated: abs(state.x) > 2.4 || abs(state.angle) > 0.21)
    }

    func observe(_ state: State, into observation: inout MutableSpan<Float>) {
        observation[0] = Float(state.x)
        observation[1] = Float(state.velocity)
        observation[2] = Float(state.angle)
        observation[3] = Float(state.spin)
    }
}

func registryWithPole() throws(Failure) -> EnvironmentRegistry {
    var registry = EnvironmentRegistry()
    try registry.register("Pole-v1", configuration: PoleConfiguration.self, defaultSimulator: .reference)
    try registry.register("Pole-v1", environment: Pole.self)
    return registry
}
