import Foundations
import NumPyRandom
import Spaces
import VectorEnvironments

/// Gymnasium's Taxi-v4, in rain and with a passenger who changes their mind where wanted; without these it is Taxi-v3.
struct TaxiModel: RowModel {
    struct State: BitwiseCopyable {
        var number: Int32
        /// Whether the passenger will still change the destination, at the first move after a pickup.
        var isFickle: Bool
        /// The action of the last step, for pictures; -1 after a reset.
        var lastAction: Int8 = -1
        var probability = 1.0
    }

    let layout: VectorLayout
    private let starts = Categorical(TaxiTable.starts)
    private let transitions: Transitions
    private let masks: [UInt8]
    /// Nil where no passenger is fickle.
    private let fickleProbability: Double?

    init(_ configuration: TaxiConfiguration) throws(Failure) {
        try configuration.validate()
        transitions = Transitions(
            TaxiTable(isRainy: configuration.isRainy, rainyProbability: configuration.rainyProbability).table())
        masks = (0..<TaxiState.count).flatMap { TaxiState(number: $0).actionMask }
        fickleProbability = configuration.ficklePassenger ? configuration.fickleProbability : nil
        layout = VectorLayout(
            observationSpace: .discrete(try Space.Discrete(n: Int64(TaxiState.count))),
            actionSpace: .discrete(try Space.Discrete(n: 6)), observation: ArrayField("observation", .int64),
            action: ArrayField("action", .int64), reward: .float64,
            info: [ArrayField("prob", .float64), ArrayField("action_mask", .int8, [6])],
            state: [
                ArrayField("state", .int64), ArrayField("fickle_step", .uint8), ArrayField("last_action", .int8),
                ArrayField("prob", .float64),
            ])
    }

    func start(_ options: ResetOptions, _ random: inout PCG64) -> State {
        let number = Int32(starts.sample(&random))
        guard let fickleProbability else { return State(number: number, isFickle: false) }
        return State(number: number, isFickle: random.random() < fickleProbability)
    }

    func complaint(about action: Int64) -> String? { ReferenceEnvironments.complaint(about: action, of: 6) }

    func advance(_ state: inout State, by action: Int64, _ random: inout PCG64) -> Outcome {
        let transition = transitions.sample(state.number, Int(action), &random)
        let before = TaxiState(number: Int(state.number))
        state.number = transition.state
        state.lastAction = Int8(truncatingIfNeeded: action)
        state.probability = transition.probability
        if state.isFickle, before.passenger == 4 {
            var next = TaxiState(number: Int(state.number))
            if next.taxi != before.taxi {
                state.isFickle = false
                let drawn = random.choice(of: 3)
                next.destination = drawn < before.destination ? drawn : drawn + 1
                state.number = Int32(next.number)
            }
        }
        return Outcome(reward: transition.reward, terminated: transition.terminated)
    }

    func observe(_ state: State, into place: UnsafeMutableRawPointer) {
        place.storeBytes(of: Int64(state.number), as: Int64.self)
    }

    func inform(_ state: State, into row: InfoRow) {
        row.field(after: 0, bytes: 8).storeBytes(of: state.probability, as: Double.self)
        let mask = row.field(after: 8, bytes: 6)
        for action in 0..<6 {
            mask.storeBytes(of: masks[Int(state.number) * 6 + action], toByteOffset: action, as: UInt8.self)
        }
    }

    func write(_ state: State, to record: inout RecordWriter) {
        record.put(Int64(state.number))
        record.put(state.isFickle ? 1 : 0 as UInt8)
        record.put(state.lastAction)
        record.put(state.probability)
    }

    func read(_ record: inout RecordReader) throws(Failure) -> State {
        State(
            number: Int32(try record.take("state", in: 0..<Int64(TaxiState.count))),
            isFickle: try record.takeFlag("fickle_step"), lastAction: try record.take("last_action", in: -1..<6),
            probability: try record.takeFinite("prob"))
    }
}
