import EnvironmentScenes
import Spaces
import VectorEnvironments

/// The settings of Blackjack, named as Gymnasium's; the defaults are those of `Blackjack-v1`. A step takes one second;
/// there is no time limit.
public struct BlackjackConfiguration: EnvironmentConfiguration, Hashable {
    public var simDT = 1.0
    public var controlDT = 1.0
    public var maxEpisodeSeconds: Double?
    /// 1.5 for winning with an ace and a ten; only without `sab`.
    public var natural = false
    /// The rules of Sutton and Barto: an ace and a ten win unless the dealer has them too.
    public var sab = true

    public init() {}
}

extension BlackjackConfiguration: SceneSource {
    public func scene(of record: RecordNumbers) -> any Scene {
        let sum = record.integer(0)
        let hasUsableAce = record.integer(5) == 1 && sum <= 11
        let shown = record.integer(4)
        let card =
            switch shown {
            case 1: "A"
            case 10: ["J", "Q", "K"][min(max(record.integer(8), 0), 2)]
            default: "\(shown)"
            }
        return BlackjackScene(
            playerSum: hasUsableAce ? sum + 10 : sum, hasUsableAce: hasUsableAce, card: card, cardValue: shown,
            suit: record.integer(7))
    }
}
