import VectorEnvironments

/// The float32 kernels of this build. Limits are steps of an episode.
public enum LaneKernels {
    public static func cartPole(
        _ memory: LaneMemory, limit: Int32, tick: Float, rewardOfStep: Float, rewardOfFall: Float
    ) -> LaneFunctions {
        let environment = CartPole(tick: tick, rewardOfStep: rewardOfStep, rewardOfFall: rewardOfFall)
        return LaneRows(environment, memory, limit: limit).functions
    }
}
