import EnvironmentScenes
import Foundations
import Spaces
import VectorEnvironments

/// The settings of Taxi, named as Gymnasium's; the defaults are those of `Taxi-v4`. Without rain and fickle passengers
/// it is also `Taxi-v3`. A step takes one second, so that `max_episode_seconds` counts steps.
public struct TaxiConfiguration: EnvironmentConfiguration, Hashable {
    public var simDT = 1.0
    public var controlDT = 1.0
    public var maxEpisodeSeconds: Double? = 200
    /// Whether a move may drift to either side.
    public var isRainy = false
    /// Whether passengers may change their destination after the first move with them.
    public var ficklePassenger = false
    /// In rain, the probability of the intended direction.
    public var rainyProbability = 0.8
    /// The probability that a fickle passenger does change it.
    public var fickleProbability = 0.3

    public init() {}

    public func validate() throws(Failure) {
        for (name, value) in [("rainy_probability", rainyProbability), ("fickle_probability", fickleProbability)] {
            guard 0...1 ~= value else {
                throw Failure(.invalidArgument, "\(name) must be between 0 and 1, not \(value)")
            }
        }
    }
}

extension TaxiConfiguration: SceneSource {
    public func scene(of record: RecordNumbers) -> any Scene {
        let state = TaxiState(number: min(max(record.integer(0), 0), TaxiState.count - 1))
        return TaxiScene(
            taxi: (state.taxi.row, state.taxi.column), passenger: state.passenger, destination: state.destination,
            walls: TaxiMap.wallsEast, stops: TaxiMap.stops.map { ($0.row, $0.column) })
    }
}
