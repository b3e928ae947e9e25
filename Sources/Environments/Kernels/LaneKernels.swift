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

    public static func motrixCartPole(
        _ memory: LaneMemory, limit: Int32, model: CartPoleNumbers
    ) -> LaneFunctions {
        LaneRows(MotrixCartPole(model: model), memory, limit: limit).functions
    }

    /// - Parameters:
    ///   - gravity: Over the inertia, as `damping` and `gear`: rad/s² at a right angle, 1/s, rad/s² for a control of 1.
    public static func motrixPendulum(
        _ memory: LaneMemory, limit: Int32, tick: Float, substeps: Int, gravity: Float, damping: Float, gear: Float,
        noise: Float
    ) -> LaneFunctions {
        let environment = MotrixPendulum(
            tick: tick, substeps: substeps, gravity: gravity, damping: damping, gear: gear, noise: noise)
        return LaneRows(environment, memory, limit: limit).functions
    }
}
