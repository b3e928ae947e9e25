import EnvironmentScenes
import Spaces
import VectorEnvironments

/// The settings of CliffWalking, named as Gymnasium's. A step takes one second; there is no time limit.
public struct CliffWalkingConfiguration: EnvironmentConfiguration, Hashable {
    public var simDT = 1.0
    public var controlDT = 1.0
    public var maxEpisodeSeconds: Double?
    /// Whether a move may also go to either side of its direction, a third each.
    public var isSlippery = false

    public init() {}
}

extension CliffWalkingConfiguration: SceneSource {
    public func scene(of record: RecordNumbers) -> any Scene { CliffWalkingScene(walker: record.integer(0)) }
}
