import VectorEnvironments

/// The float32 kernels of this build. Limits are steps of an episode, ticks are seconds.
public enum LaneKernels {
    public static func cartPole(
        _ memory: LaneMemory, limit: Int32, tick: Float, rewardOfStep: Float, rewardOfFall: Float
    ) -> LaneFunctions {
        let environment = CartPole(tick: tick, rewardOfStep: rewardOfStep, rewardOfFall: rewardOfFall)
        return LaneRows(environment, memory, limit: limit).functions
    }

    public static func mountainCar(_ memory: LaneMemory, limit: Int32, goalVelocity: Float) -> LaneFunctions {
        let environment = MountainCar(hill: Hill(goalPosition: 0.5, goalVelocity: goalVelocity))
        return LaneRows(environment, memory, limit: limit).functions
    }

    public static func mountainCarContinuous(
        _ memory: LaneMemory, limit: Int32, goalVelocity: Float
    ) -> LaneFunctions {
        let environment = MountainCarContinuous(hill: Hill(goalPosition: 0.45, goalVelocity: goalVelocity))
        return LaneRows(environment, memory, limit: limit).functions
    }

    public static func pendulum(_ memory: LaneMemory, limit: Int32, tick: Float, gravity: Float) -> LaneFunctions {
        LaneRows(Pendulum(tick: tick, gravity: gravity), memory, limit: limit).functions
    }

    public static func acrobot(_ memory: LaneMemory, limit: Int32, tick: Float) -> LaneFunctions {
        LaneRows(Acrobot(tick: tick), memory, limit: limit).functions
    }
}
