import Lanes
import VectorEnvironments

/// MotrixLab's pendulum: semi-implicit Euler with the damping taken implicitly, as rigid-body engines do.
struct MotrixPendulum: LaneEnvironment {
    struct Block: BitwiseCopyable {
        var angle = Lanes()
        var velocity = Lanes()
        var control = Lanes()
    }

    /// s.
    let tick: Float
    let substeps: Int
    /// Gravity, damping and gear over the inertia that the implicit damping adds to.
    let gravity: Float
    let damping: Float
    let gear: Float
    let noise: Float

    static let observationCount = 3

    @inline(__always)
    func isValid(_ action: Float) -> Bool { isFinite(action) }

    @inline(__always)
    func step(_ block: inout Block, _ actions: UnsafePointer<Float>) -> LaneOutcome {
        let control = clipped(UnsafeRawPointer(actions).loadUnaligned(as: Lanes.self), 1)
        let push = control * gear
        for _ in 0..<substeps {
            let (sine, _) = sineAndCosine(block.angle)
            block.velocity += ((push + sine * gravity) - block.velocity * damping) * tick
            block.angle = wrapped(block.angle + block.velocity * tick)
        }
        let (_, cosine) = sineAndCosine(block.angle)
        let square = block.velocity * block.velocity
        let excess = (square * 0.5 + (1 - cosine)) - 2
        let change = control - block.control
        let upright = (cosine + 1) * 1.5
        let cost = square * Float(0.2) + (control * control + change * change) * Float(0.001)
        block.control = control
        return LaneOutcome(
            rewards: (upright + exponential(excess * excess * Float(-0.57564627))) - cost, terminated: SIMD8())
    }

    @inline(__always)
    func observe(_ block: Block, _ observations: UnsafeMutablePointer<Float>) {
        let (sine, cosine) = sineAndCosine(block.angle)
        corral_store_rows3(observations, cosine, sine, block.velocity)
    }

    @inline(__always)
    func start(_ random: inout RowRandom, _ first: Float, _ second: Float, _ variables: UnsafeMutablePointer<Float>) {
        let (angle, velocity) = random.units()
        variables[0] = Float.pi * (2 * angle - 1)
        variables[1] = noise * (2 * velocity - 1)
        variables[2] = 0
    }
}
