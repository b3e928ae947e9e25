import Lanes
import VectorEnvironments

/// The hill that both mountain cars drive on, and where they start.
struct Hill: Sendable {
    struct Block: BitwiseCopyable {
        var position = Lanes()
        var velocity = Lanes()
    }

    let goalPosition: Float
    let goalVelocity: Float

    /// Moves by an acceleration beside gravity's; -1 in lanes that reach the goal.
    @inline(__always)
    func move(_ block: inout Block, _ push: Lanes) -> SIMD8<Int32> {
        let (_, cosine) = sineAndCosine(3 * block.position)
        let velocity = clipped(block.velocity + (push - cosine * Float(0.0025)), 0.07)
        let position = clipped(block.position + velocity, -1.2, 0.6)
        let isStopped =
            ~corral_above(position, Lanes(repeating: -1.2)) & corral_above(Lanes(), velocity)
        block.position = position
        block.velocity = corral_select(isStopped, Lanes(), velocity)
        return corral_at_least(position, Lanes(repeating: goalPosition))
            & corral_at_least(block.velocity, Lanes(repeating: goalVelocity))
    }

    @inline(__always)
    func start(_ random: inout RowRandom, _ first: Float, _ second: Float, _ variables: UnsafeMutablePointer<Float>) {
        let low = first.isNaN ? -0.6 : first
        let high = second.isNaN ? -0.4 : second
        variables[0] = low + (high - low) * random.units().0
        variables[1] = 0
    }
}

/// MountainCar as Gymnasium steps it.
struct MountainCar: LaneEnvironment {
    typealias Block = Hill.Block

    let hill: Hill

    static let observationCount = 2

    @inline(__always)
    func isValid(_ action: Int64) -> Bool { UInt64(bitPattern: action) < 3 }

    @inline(__always)
    func step(_ block: inout Block, _ actions: UnsafePointer<Int64>) -> LaneOutcome {
        let push = corral_floats(corral_low_words(actions) &- 1) * Float(0.001)
        return LaneOutcome(rewards: Lanes(repeating: -1), terminated: hill.move(&block, push))
    }

    @inline(__always)
    func observe(_ block: Block, _ observations: UnsafeMutablePointer<Float>) {
        corral_store_rows2(observations, block.position, block.velocity)
    }

    @inline(__always)
    func start(_ random: inout RowRandom, _ first: Float, _ second: Float, _ variables: UnsafeMutablePointer<Float>) {
        hill.start(&random, first, second, variables)
    }
}

/// MountainCarContinuous as Gymnasium steps it.
struct MountainCarContinuous: LaneEnvironment {
    typealias Block = Hill.Block

    let hill: Hill

    static let observationCount = 2

    @inline(__always)
    func isValid(_ action: Float) -> Bool { isFinite(action) }

    @inline(__always)
    func step(_ block: inout Block, _ actions: UnsafePointer<Float>) -> LaneOutcome {
        let action = UnsafeRawPointer(actions).loadUnaligned(as: Lanes.self)
        let arrived = hill.move(&block, clipped(action, 1) * Float(0.0015))
        let earned = corral_select(arrived, Lanes(repeating: 100), Lanes())
        // The square of a huge action is infinite, and no reward may be.
        let cost = corral_least(action * action * Float(0.1), Lanes(repeating: .greatestFiniteMagnitude))
        return LaneOutcome(rewards: earned - cost, terminated: arrived)
    }

    @inline(__always)
    func observe(_ block: Block, _ observations: UnsafeMutablePointer<Float>) {
        corral_store_rows2(observations, block.position, block.velocity)
    }

    @inline(__always)
    func start(_ random: inout RowRandom, _ first: Float, _ second: Float, _ variables: UnsafeMutablePointer<Float>) {
        hill.start(&random, first, second, variables)
    }
}
