import Lanes
import VectorEnvironments

/// Acrobot as Gymnasium steps it: the equations of the book of Sutton and Barto, one Runge-Kutta step of order four.
struct Acrobot: LaneEnvironment {
    struct Block: BitwiseCopyable {
        var angle1 = Lanes()
        var angle2 = Lanes()
        var spin1 = Lanes()
        var spin2 = Lanes()
    }

    /// s.
    let tick: Float

    static let observationCount = 6

    @inline(__always)
    func isValid(_ action: Int64) -> Bool { UInt64(bitPattern: action) < 3 }

    @inline(__always)
    func step(_ block: inout Block, _ actions: UnsafePointer<Int64>) -> LaneOutcome {
        let torque = corral_floats(corral_low_words(actions) &- 1)
        let start = block
        let first = slope(start, torque)
        let second = slope(start.moved(by: first, tick / 2), torque)
        let third = slope(start.moved(by: second, tick / 2), torque)
        let fourth = slope(start.moved(by: third, tick), torque)
        let sum = first.moved(by: second, 2).moved(by: third, 2).moved(by: fourth, 1)
        let end = start.moved(by: sum, tick / 6)
        block.angle1 = wrapped(end.angle1)
        block.angle2 = wrapped(end.angle2)
        block.spin1 = clipped(end.spin1, 4 * .pi)
        block.spin2 = clipped(end.spin2, 9 * .pi)
        let (sine1, cosine1) = sineAndCosine(block.angle1)
        let (sine2, cosine2) = sineAndCosine(block.angle2)
        let height = -cosine1 - (cosine1 * cosine2 - sine1 * sine2)
        let terminated = corral_above(height, Lanes(repeating: 1))
        return LaneOutcome(
            rewards: corral_select(terminated, Lanes(), Lanes(repeating: -1)), terminated: terminated)
    }

    /// The derivatives of the variables: links of 1 kg and 1 m with their centres halfway and inertias of 1 kg m².
    @inline(__always)
    private func slope(_ at: Block, _ torque: Lanes) -> Block {
        let (sine2, cosine2) = sineAndCosine(at.angle2)
        let (sine1, cosine1) = sineAndCosine(at.angle1)
        let sine12 = sine1 * cosine2 + cosine1 * sine2
        let inertia1 = cosine2 + 3.5
        let inertia2 = cosine2 * 0.5 + 1.25
        let weight2 = sine12 * 4.9
        let weight1 =
            (weight2 + sine1 * 14.7) - (at.spin2 * at.spin2 * 0.5 + at.spin2 * at.spin1) * sine2
        // One division gives the inverses of both determinants.
        let rest = inertia1 * 1.25 - inertia2 * inertia2
        let inverse = 1 / (inertia1 * rest)
        let inverse1 = rest * inverse
        let push2 = ((torque + inertia2 * inverse1 * weight1) - at.spin1 * at.spin1 * sine2 * 0.5) - weight2
        let turn2 = push2 * (inertia1 * inertia1 * inverse)
        let turn1 = -(inertia2 * turn2 + weight1) * inverse1
        return Block(angle1: at.spin1, angle2: at.spin2, spin1: turn1, spin2: turn2)
    }

    @inline(__always)
    func observe(_ block: Block, _ observations: UnsafeMutablePointer<Float>) {
        let (sine1, cosine1) = sineAndCosine(block.angle1)
        let (sine2, cosine2) = sineAndCosine(block.angle2)
        corral_store_rows6(observations, cosine1, sine1, cosine2, sine2, block.spin1, block.spin2)
    }

    @inline(__always)
    func start(_ random: inout RowRandom, _ first: Float, _ second: Float, _ variables: UnsafeMutablePointer<Float>) {
        let low = first.isNaN ? -0.1 : first
        let width = (second.isNaN ? 0.1 : second) - low
        let (angle1, angle2) = random.units()
        let (spin1, spin2) = random.units()
        variables[0] = low + width * angle1
        variables[1] = low + width * angle2
        variables[2] = low + width * spin1
        variables[3] = low + width * spin2
    }
}

extension Acrobot.Block {
    /// Each variable with a multiple of another's added.
    @inline(__always)
    func moved(by slope: Acrobot.Block, _ factor: Float) -> Acrobot.Block {
        Acrobot.Block(
            angle1: angle1 + slope.angle1 * factor, angle2: angle2 + slope.angle2 * factor,
            spin1: spin1 + slope.spin1 * factor, spin2: spin2 + slope.spin2 * factor)
    }
}
