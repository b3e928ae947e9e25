import EnvironmentScenes
import Foundations
import Spaces
import VectorEnvironments

/// The settings of Breakout. A step takes one second; there is no time limit.
public struct BreakoutConfiguration: EnvironmentConfiguration, Hashable {
    public var simDT = 1.0
    public var controlDT = 1.0
    public var maxEpisodeSeconds: Double?
    /// How often a step repeats the action before it.
    public var stickyActionProb = 0.1

    public init() {}

    public func validate() throws(Failure) {
        guard 0...1 ~= stickyActionProb else {
            throw Failure(.invalidArgument, "sticky_action_prob must be between 0 and 1, not \(stickyActionProb)")
        }
    }
}

extension BreakoutConfiguration: SceneSource {
    public func scene(of record: RecordNumbers) -> any Scene {
        let bricks = record.integer(0)
        var things = (0..<30).filter { bricks >> $0 & 1 == 1 }.map {
            (row: 1 + $0 / 10, column: $0 % 10, thing: BreakoutScene.Thing.brick)
        }
        things.append((record.integer(5), record.integer(6), .trail))
        things.append((9, record.integer(7), .paddle))
        things.append((record.integer(1), record.integer(2), .ball))
        return BreakoutScene(things: things)
    }
}
