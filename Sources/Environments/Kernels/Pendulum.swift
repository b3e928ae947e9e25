import Lanes
import VectorEnvironments

/// Pendulum as Gymnasium steps it; the angle is kept within half a turn, which changes no observation or reward.
struct Pendulum: LaneEnvironment {
    struct Block: BitwiseCopyable {
        var angle = Lanes()
        var spin = Lanes()
    }

    /// s.
    let tick: Float
    /// m/s².
    let gravity: Float

    static let observationCount = 3

    @inline(__always)
    func isValid(_ action: Float) -> Bool { isFinite(action) }

    @inline(__always)
    func step(_ block: inout Block, _ actions: UnsafePointer<Float>) -> LaneOutcome {
        let torque = clipped(UnsafeRawPointer(actions).loadUnaligned(as: Lanes.self), 2)
        let angle = wrapped(block.angle)
        let cost = (angle * angle + block.spin * block.spin * Float(0.1)) + torque * torque * Float(0.001)
        let (sine, _) = sineAndCosine(angle)
        let acceleration = sine * (gravity * 1.5) + torque * 3
        block.spin = clipped(block.spin + acceleration * tick, 8)
        block.angle = wrapped(angle + block.spin * tick)
        return LaneOutcome(rewards: -cost, terminated: SIMD8())
    }

    @inline(__always)
    func observe(_ block: Block, _ observations: UnsafeMutablePointer<Float>) {
        let (sine, cosine) = sineAndCosine(block.angle)
        corral_store_rows3(observations, cosine, sine, block.spin)
    }

    /// - Parameters:
    ///   - first: The largest angle.
    ///   - second: The largest angular velocity.
    @inline(__always)
    func start(_ random: inout RowRandom, _ first: Float, _ second: Float, _ variables: UnsafeMutablePointer<Float>) {
        let (angle, spin) = random.units()
        variables[0] = (first.isNaN ? Float.pi : first) * (2 * angle - 1)
        variables[1] = (second.isNaN ? 1 : second) * (2 * spin - 1)
    }
}
