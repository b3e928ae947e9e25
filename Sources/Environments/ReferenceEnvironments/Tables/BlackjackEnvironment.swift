import Foundations
import NumPyRandom
import Spaces
import VectorEnvironments

/// Gymnasium's Blackjack: Example 5.1 of R. S. Sutton and A. G. Barto, "Reinforcement Learning", 2018, from an endless
/// deck.
struct BlackjackEnvironment: RowEnvironment {
    struct State: BitwiseCopyable {
        /// Of a hand counts the sum with aces as 1, the number of cards, and whether there is an ace (0 or 1).
        var playerSum: Int64 = 0
        var playerCards: Int64 = 0
        var dealerSum: Int64 = 0
        var dealerCards: Int64 = 0
        /// The value of the dealer's open card; 1 is an ace.
        var shown: Int64 = 0
        var playerAce: UInt8 = 0
        var dealerAce: UInt8 = 0
        /// The open card's suit (clubs, diamonds, hearts, spades) and, of a ten, its face (jack, queen, king): for
        /// pictures only.
        var suit: UInt8 = 0
        var face: UInt8 = 0

        var player: Hand {
            get { Hand(sum: playerSum, cards: playerCards, ace: playerAce) }
            set { (playerSum, playerCards, playerAce) = (newValue.sum, newValue.cards, newValue.ace) }
        }

        var dealer: Hand {
            get { Hand(sum: dealerSum, cards: dealerCards, ace: dealerAce) }
            set { (dealerSum, dealerCards, dealerAce) = (newValue.sum, newValue.cards, newValue.ace) }
        }
    }

    typealias Random = PCG64

    let observationSpace: Space
    let actionSpace: Space
    let stateFields =
        ["player_sum", "player_cards", "dealer_sum", "dealer_cards", "dealer_card"].map { ArrayField($0, .int64) }
        + ["player_ace", "dealer_ace", "suit", "face"].map { ArrayField($0, .uint8) }
    private let natural: Bool
    private let sab: Bool

    init(_ configuration: BlackjackConfiguration) throws(Failure) {
        (natural, sab) = (configuration.natural, configuration.sab)
        observationSpace = .tuple([try .discrete(32), try .discrete(11), try .discrete(2)])
        actionSpace = try .discrete(2)
    }

    func reset(_ random: inout PCG64, options: ResetOptions) -> State {
        var state = State()
        state.shown = state.dealer.draw(&random)
        _ = state.dealer.draw(&random)
        _ = state.player.draw(&random)
        _ = state.player.draw(&random)
        state.suit = UInt8(random.choice(of: 4))
        if state.shown == 10 { state.face = UInt8(random.choice(of: 3)) }
        return state
    }

    func step(_ state: inout State, action: Span<Int64>, random: inout PCG64) -> StepOutcome {
        if action[0] == 1 {
            _ = state.player.draw(&random)
            let isBust = state.player.total > 21
            return StepOutcome(reward: isBust ? -1 : 0, terminated: isBust)
        }
        while state.dealer.total < 17 { _ = state.dealer.draw(&random) }
        let difference = state.player.score - state.dealer.score
        var reward = Double(difference.signum())
        if sab, state.player.isNatural, !state.dealer.isNatural {
            reward = 1
        } else if !sab, natural, state.player.isNatural, reward == 1 {
            reward = 1.5
        }
        return StepOutcome(reward: reward, terminated: true)
    }

    func observe(_ state: State, into observation: inout MutableSpan<Int64>) {
        observation[0] = state.player.total
        observation[1] = state.shown
        observation[2] = state.player.hasUsableAce ? 1 : 0
    }

    func isValid(_ state: State) -> Bool {
        [state.player, state.dealer].allSatisfy { 2...1_000_000 ~= $0.sum && 2...1_000_000 ~= $0.cards && $0.ace < 2 }
            && 1...10 ~= state.shown && state.suit < 4 && state.face < 3
    }
}

/// What counts of a hand of cards: they are never looked at again.
struct Hand {
    var sum: Int64
    var cards: Int64
    var ace: UInt8

    /// Takes a card of an endless deck, and returns its value.
    mutating func draw(_ random: inout PCG64) -> Int64 {
        let card = min(Int64(random.choice(of: 13)) + 1, 10)
        sum &+= card
        cards &+= 1
        if card == 1 { ace = 1 }
        return card
    }

    var hasUsableAce: Bool { ace == 1 && sum <= 11 }
    var total: Int64 { hasUsableAce ? sum + 10 : sum }
    /// What decides between two hands: 0 for one above 21.
    var score: Int64 { total > 21 ? 0 : total }
    var isNatural: Bool { cards == 2 && ace == 1 && sum == 11 }
}
