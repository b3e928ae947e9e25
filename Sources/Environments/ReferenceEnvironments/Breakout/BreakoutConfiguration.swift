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
    public func scene(of row: RecordView) -> any Scene {
        let bricks = row.integer("bricks")
        var things = (0..<30).filter { bricks >> $0 & 1 == 1 }.map {
            (row: 1 + $0 / 10, column: $0 % 10, thing: BreakoutScene.Thing.brick)
        }
        things.append((row.integer("trail", 0), row.integer("trail", 1), .trail))
        things.append((9, row.integer("paddle"), .paddle))
        things.append((row.integer("ball", 0), row.integer("ball", 1), .ball))
        return BreakoutScene(things: things)
    }
}
