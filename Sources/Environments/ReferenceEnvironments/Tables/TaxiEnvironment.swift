import Foundations
import NumPyRandom
import Spaces
import VectorEnvironments

/// Gymnasium's Taxi-v4, in rain and with a passenger who changes their mind where wanted; without these it is Taxi-v3.
struct TaxiEnvironment: RowEnvironment {
    struct State: BitwiseCopyable {
        var number: Int64
        var probability = 1.0
        /// 1 while the passenger will still change the destination, at the first move after a pickup.
        var isFickle: UInt8
    }

    typealias Random = PCG64

    let observationSpace: Space
    let actionSpace: Space
    let stateFields = [
        ArrayField("state", .int64), ArrayField("prob", .float64), ArrayField("fickle_step", .uint8),
    ]
    let infoFields = [ArrayField("prob", .float64), ArrayField("action_mask", .int8, [6])]
    private let starts = Categorical(TaxiTable.starts)
    private let transitions: Transitions
    private let masks: [UInt8]
    /// Nil where no passenger is fickle.
    private let fickleProbability: Double?

    init(_ configuration: TaxiConfiguration) throws(Failure) {
        transitions = Transitions(
            TaxiTable(isRainy: configuration.isRainy, rainyProbability: configuration.rainyProbability).table())
        masks = (0..<TaxiState.count).flatMap { TaxiState(number: $0).actionMask }
        fickleProbability = configuration.ficklePassenger ? configuration.fickleProbability : nil
        observationSpace = try .discrete(Int64(TaxiState.count))
        actionSpace = try .discrete(6)
    }

    func reset(_ random: inout PCG64, options: ResetOptions) -> State {
        let number = Int64(starts.sample(&random))
        guard let fickleProbability else { return State(number: number, isFickle: 0) }
        return State(number: number, isFickle: random.random() < fickleProbability ? 1 : 0)
    }

    func step(_ state: inout State, action: Span<Int64>, random: inout PCG64) -> StepOutcome {
        let transition = transitions.sample(state.number, action[0], &random)
        let before = TaxiState(number: Int(state.number))
        state.number = transition.state
        state.probability = transition.probability
        if state.isFickle == 1, before.passenger == 4 {
            var next = TaxiState(number: Int(state.number))
            if next.taxi != before.taxi {
                state.isFickle = 0
                let drawn = random.choice(of: 3)
                next.destination = drawn < before.destination ? drawn : drawn + 1
                state.number = Int64(next.number)
            }
        }
        return StepOutcome(reward: transition.reward, terminated: transition.terminated)
    }

    func observe(_ state: State, into observation: inout MutableSpan<Int64>) { observation[0] = state.number }

    func info(_ state: State, into info: UnsafeMutableRawBufferPointer) {
        info.storeBytes(of: state.probability, as: Double.self)
        for action in 0..<6 { info[8 + action] = masks[Int(state.number) * 6 + action] }
    }

    func isValid(_ state: State) -> Bool {
        0..<Int64(TaxiState.count) ~= state.number && state.isFickle < 2 && 0...1 ~= state.probability
    }
}
