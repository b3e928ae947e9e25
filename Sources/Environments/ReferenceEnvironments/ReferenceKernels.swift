import ClassicControl
import Foundations
import VectorEnvironments

/// The simulator `reference`: rows that follow Gymnasium operation by operation and draw by draw, rewards in float64.
public enum ReferenceKernels {
    public static func make(_ configuration: CartPoleConfiguration, count: Int) throws(Failure) -> any VectorKernel {
        try RowKernel(CartPoleEnvironment.self, configuration, count: count)
    }

    public static func make(_ configuration: MountainCarConfiguration, count: Int) throws(Failure) -> any VectorKernel {
        try RowKernel(MountainCarEnvironment.self, configuration, count: count)
    }

    public static func make(
        _ configuration: MountainCarContinuousConfiguration, count: Int
    ) throws(Failure) -> any VectorKernel {
        try RowKernel(MountainCarContinuousEnvironment.self, configuration, count: count)
    }

    public static func make(_ configuration: PendulumConfiguration, count: Int) throws(Failure) -> any VectorKernel {
        try RowKernel(PendulumEnvironment.self, configuration, count: count)
    }

    public static func make(_ configuration: AcrobotConfiguration, count: Int) throws(Failure) -> any VectorKernel {
        try RowKernel(AcrobotEnvironment.self, configuration, count: count)
    }

    public static func make(_ configuration: FrozenLakeConfiguration, count: Int) throws(Failure) -> any VectorKernel {
        try RowKernel(FrozenLakeEnvironment.self, configuration, count: count)
    }

    public static func make(
        _ configuration: CliffWalkingConfiguration, count: Int
    ) throws(Failure) -> any VectorKernel {
        try RowKernel(CliffWalkingEnvironment.self, configuration, count: count)
    }

    public static func make(_ configuration: TaxiConfiguration, count: Int) throws(Failure) -> any VectorKernel {
        try RowKernel(TaxiEnvironment.self, configuration, count: count)
    }

    public static func make(_ configuration: BlackjackConfiguration, count: Int) throws(Failure) -> any VectorKernel {
        try RowKernel(BlackjackEnvironment.self, configuration, count: count)
    }

    public static func make(_ configuration: BreakoutConfiguration, count: Int) throws(Failure) -> any VectorKernel {
        try RowKernel(BreakoutEnvironment.self, configuration, count: count)
    }
}
