import ClassicControl
import Foundations
import VectorEnvironments

/// The simulator `reference`: rows that follow Gymnasium operation by operation and draw by draw, rewards in float64.
public enum ReferenceKernels {
    public static func make(_ configuration: CartPoleConfiguration, count: Int) throws(Failure) -> any VectorKernel {
        RowKernel(try CartPoleModel(configuration), count: count, timeLimit: configuration.maxEpisodeSteps)
    }

    public static func make(_ configuration: MountainCarConfiguration, count: Int) throws(Failure) -> any VectorKernel {
        RowKernel(try MountainCarModel(configuration), count: count, timeLimit: configuration.maxEpisodeSteps)
    }

    public static func make(
        _ configuration: MountainCarContinuousConfiguration, count: Int
    ) throws(Failure) -> any VectorKernel {
        RowKernel(try MountainCarContinuousModel(configuration), count: count, timeLimit: configuration.maxEpisodeSteps)
    }

    public static func make(_ configuration: PendulumConfiguration, count: Int) throws(Failure) -> any VectorKernel {
        RowKernel(try PendulumModel(configuration), count: count, timeLimit: configuration.maxEpisodeSteps)
    }

    public static func make(_ configuration: AcrobotConfiguration, count: Int) throws(Failure) -> any VectorKernel {
        RowKernel(try AcrobotModel(configuration), count: count, timeLimit: configuration.maxEpisodeSteps)
    }

    public static func make(_ configuration: FrozenLakeConfiguration, count: Int) throws(Failure) -> any VectorKernel {
        RowKernel(try FrozenLake(configuration).model(), count: count, timeLimit: configuration.maxEpisodeSteps)
    }

    public static func make(
        _ configuration: CliffWalkingConfiguration, count: Int
    ) throws(Failure) -> any VectorKernel {
        let table = CliffWalking(isSlippery: configuration.isSlippery)
        return RowKernel(try table.model(), count: count, timeLimit: configuration.maxEpisodeSteps)
    }

    public static func make(_ configuration: TaxiConfiguration, count: Int) throws(Failure) -> any VectorKernel {
        RowKernel(try TaxiModel(configuration), count: count, timeLimit: configuration.maxEpisodeSteps)
    }

    public static func make(_ configuration: BlackjackConfiguration, count: Int) throws(Failure) -> any VectorKernel {
        RowKernel(try BlackjackModel(configuration), count: count, timeLimit: configuration.maxEpisodeSteps)
    }

    public static func make(_ configuration: BreakoutConfiguration, count: Int) throws(Failure) -> any VectorKernel {
        RowKernel(try BreakoutModel(configuration), count: count, timeLimit: configuration.maxEpisodeSteps)
    }
}
