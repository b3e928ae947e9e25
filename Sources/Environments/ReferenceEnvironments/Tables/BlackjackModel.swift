import Foundations
import NumPyRandom
import Spaces
import VectorEnvironments

/// Gymnasium's Blackjack: Example 5.1 of R. S. Sutton and A. G. Barto, "Reinforcement Learning", 2018, from an endless
/// deck.
struct BlackjackModel: RowModel {
    /// What counts of a hand: its cards are never looked at again.
    struct Hand: BitwiseCopyable {
        var sum: Int64 = 0
        var cards: Int64 = 0
        var hasAce = false

        mutating func draw(_ random: inout PCG64) -> Int64 {
            let card = min(Int64(random.choice(of: 13)) + 1, 10)
            sum &+= card
            cards &+= 1
            hasAce = hasAce || card == 1
            return card
        }

        var hasUsableAce: Bool { hasAce && sum <= 11 }
        var total: Int64 { hasUsableAce ? sum + 10 : sum }
        var score: Int64 { total > 21 ? 0 : total }
        var isNatural: Bool { cards == 2 && hasAce && sum == 11 }
    }

    struct State: BitwiseCopyable {
        var player = Hand()
        var dealer = Hand()
        /// The value of the dealer's open card; 1 is an ace.
        var shown: Int64 = 0
        /// Its suit (clubs, diamonds, hearts, spades) and, of a ten, its face (jack, queen, king): for pictures only.
        var suit: UInt8 = 0
        var face: UInt8 = 0
    }

    let layout: VectorLayout
    private let natural: Bool
    private let sab: Bool

    init(_ configuration: BlackjackConfiguration) throws(Failure) {
        (natural, sab) = (configuration.natural, configuration.sab)
        let numbers = try [32, 11, 2].map { (n) throws(Failure) in Space.discrete(try Space.Discrete(n: n)) }
        layout = VectorLayout(
            observationSpace: .tuple(numbers), actionSpace: numbers[2],
            observation: ArrayField("observation", .int64, [3]), action: ArrayField("action", .int64),
            reward: .float64,
            state: [
                ArrayField("player_sum", .int64), ArrayField("player_cards", .int64), ArrayField("player_ace", .uint8),
                ArrayField("dealer_sum", .int64), ArrayField("dealer_cards", .int64), ArrayField("dealer_ace", .uint8),
                ArrayField("dealer_card", .int64), ArrayField("suit", .uint8), ArrayField("face", .uint8),
            ])
    }

    func start(_ options: ResetOptions, _ random: inout PCG64) -> State {
        var state = State()
        state.shown = state.dealer.draw(&random)
        _ = state.dealer.draw(&random)
        _ = state.player.draw(&random)
        _ = state.player.draw(&random)
        state.suit = UInt8(random.choice(of: 4))
        if state.shown == 10 { state.face = UInt8(random.choice(of: 3)) }
        return state
    }

    func complaint(about action: Int64) -> String? { ReferenceEnvironments.complaint(about: action, of: 2) }

    func advance(_ state: inout State, by action: Int64, _ random: inout PCG64) -> Outcome {
        if action == 1 {
            _ = state.player.draw(&random)
            let isBust = state.player.total > 21
            return Outcome(reward: isBust ? -1 : 0, terminated: isBust)
        }
        while state.dealer.total < 17 { _ = state.dealer.draw(&random) }
        let difference = state.player.score - state.dealer.score
        var reward = Double(difference.signum())
        if sab, state.player.isNatural, !state.dealer.isNatural {
            reward = 1
        } else if !sab, natural, state.player.isNatural, reward == 1 {
            reward = 1.5
        }
        return Outcome(reward: reward, terminated: true)
    }

    func observe(_ state: State, into place: UnsafeMutableRawPointer) {
        let numbers = place.assumingMemoryBound(to: Int64.self)
        numbers[0] = state.player.total
        numbers[1] = state.shown
        numbers[2] = state.player.hasUsableAce ? 1 : 0
    }

    func write(_ state: State, to record: inout RecordWriter) {
        for hand in [state.player, state.dealer] {
            record.put(hand.sum)
            record.put(hand.cards)
            record.put(hand.hasAce ? 1 : 0 as UInt8)
        }
        record.put(state.shown)
        record.put(state.suit)
        record.put(state.face)
    }

    func read(_ record: inout RecordReader) throws(Failure) -> State {
        let player = try readHand(&record, "player")
        let dealer = try readHand(&record, "dealer")
        return State(
            player: player, dealer: dealer, shown: try record.take("dealer_card", in: 1..<11),
            suit: try record.take("suit", in: 0..<4), face: try record.take("face", in: 0..<3))
    }

    private func readHand(_ record: inout RecordReader, _ name: String) throws(Failure) -> Hand {
        let sum: Int64 = try record.take("\(name)_sum", in: 2..<1_000_000)
        let cards: Int64 = try record.take("\(name)_cards", in: 2..<1_000_000)
        return Hand(sum: sum, cards: cards, hasAce: try record.takeFlag("\(name)_ace"))
    }
}
