import EnvironmentScenes
import Foundations
import Spaces
import VectorEnvironments

/// The settings of FrozenLake, named as Gymnasium's; the defaults are those of `FrozenLake-v1`. A step takes one second,
/// so that `max_episode_seconds` counts steps.
public struct FrozenLakeConfiguration: EnvironmentConfiguration, Hashable {
    public var simDT = 1.0
    public var controlDT = 1.0
    public var maxEpisodeSeconds: Double? = 100
    /// Rows of the letters S (start), F (frozen), H (hole) and G (goal); null for a named map.
    public var desc: [String]?
    /// `4x4` or `8x8`.
    public var mapName = "4x4"
    /// Whether a move may also go to either side of its direction.
    public var isSlippery = true
    /// The probability of the intended direction on slippery ice.
    public var successRate = 1.0 / 3.0
    /// For reaching the goal, a hole, and any other tile.
    public var rewardSchedule = [1.0, 0, 0]

    public init() {}

    func map() throws(Failure) -> FrozenLakeMap {
        guard let desc else { return try FrozenLakeMap(named: mapName) }
        return try FrozenLakeMap(desc)
    }

    public func validate() throws(Failure) {
        _ = try map()
        guard 0...1 ~= successRate else {
            throw Failure(.invalidArgument, "success_rate must be between 0 and 1, not \(successRate)")
        }
        guard rewardSchedule.count == 3, rewardSchedule.allSatisfy(\.isFinite) else {
            throw Failure(
                .invalidArgument, "reward_schedule must be three numbers: for the goal, a hole and any other tile")
        }
    }
}

extension FrozenLakeConfiguration: SceneSource {
    public func scene(of record: RecordNumbers) -> any Scene {
        let tiles = (try? map())?.rows ?? []
        return FrozenLakeScene(tiles: tiles, walker: record.integer(0))
    }
}
