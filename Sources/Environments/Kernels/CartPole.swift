import Lanes
import VectorEnvironments

/// CartPole as Gymnasium steps it: explicit Euler.
struct CartPole: LaneEnvironment {
    struct Block: BitwiseCopyable {
        var x = Lanes()
        var velocity = Lanes()
        var angle = Lanes()
        var spin = Lanes()
    }

    private static let gravity: Float = 9.8
    private static let poleMass: Float = 0.1
    private static let totalMass: Float = 1.1
    private static let halfLength: Float = 0.5
    private static let force: Float = 10
    private static let positionLimit: Float = 2.4
    private static let angleLimit: Float = 0.20943951

    /// s.
    let tick: Float
    let rewardOfStep: Float
    let rewardOfFall: Float

    static let observationCount = 4

    @inline(__always)
    func isValid(_ action: Int64) -> Bool { action & ~1 == 0 }

    @inline(__always)
    func step(_ block: inout Block, _ actions: UnsafePointer<Int64>) -> LaneOutcome {
        let isLeft = (1 &- corral_low_words(actions)) &<< 31
        let force = flipped(Lanes(repeating: Self.force), isLeft)
        let (sine, cosine) = shortSineAndCosine(block.angle)
        let moment = Self.poleMass * Self.halfLength
        let push = (force + moment * (block.spin * block.spin) * sine) * (1 / Self.totalMass)
        let inertia =
            Self.halfLength * (4 / 3) - (cosine * cosine) * (Self.halfLength * Self.poleMass / Self.totalMass)
        let turn = (Self.gravity * sine - cosine * push) / inertia
        let acceleration = push - (turn * cosine) * (moment / Self.totalMass)
        block.x += tick * block.velocity
        block.velocity += tick * acceleration
        block.angle += tick * block.spin
        block.spin += tick * turn
        let fallen = beyond(block.x, Self.positionLimit) | beyond(block.angle, Self.angleLimit)
        let rewards = corral_select(fallen, Lanes(repeating: rewardOfFall), Lanes(repeating: rewardOfStep))
        return LaneOutcome(rewards: rewards, terminated: fallen)
    }

    @inline(__always)
    func observe(_ block: Block, _ observations: UnsafeMutablePointer<Float>) {
        corral_store_rows4(observations, block.x, block.velocity, block.angle, block.spin)
    }

    @inline(__always)
    func observe(_ variables: UnsafePointer<Float>, _ observation: UnsafeMutablePointer<Float>) {
        for variable in 0..<4 { observation[variable] = variables[variable] }
    }

    @inline(__always)
    func start(_ random: inout RowRandom, _ first: Float, _ second: Float, _ variables: UnsafeMutablePointer<Float>) {
        let low = first.isNaN ? -0.05 : first
        let width = (second.isNaN ? 0.05 : second) - low
        let (x, velocity) = random.units()
        let (angle, spin) = random.units()
        variables[0] = low + width * x
        variables[1] = low + width * velocity
        variables[2] = low + width * angle
        variables[3] = low + width * spin
    }
}
