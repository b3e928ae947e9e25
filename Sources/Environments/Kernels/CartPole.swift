import ClassicControl
import VectorEnvironments

/// CartPole as Gymnasium steps it: explicit Euler, 0.02 s.
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

    let tau: Float
    let rewardOfStep: Float
    let rewardOfFall: Float

    init(_ configuration: CartPoleConfiguration) {
        tau = Float(configuration.controlDT)
        rewardOfStep = configuration.suttonBartoReward ? 0 : 1
        rewardOfFall = configuration.suttonBartoReward ? -1 : 1
    }

    static let observationCount = 4

    @inline(__always)
    func step(_ block: inout Block, _ actions: UnsafePointer<Int64>) -> LaneOutcome {
        let signs = (1 &- lowWords(actions)) &<< 31
        let force = Lanes(bitPattern: signs ^ SIMD8(repeating: Self.force.bitPattern))
        let (sine, cosine) = shortSineAndCosine(block.angle)
        let moment = Self.poleMass * Self.halfLength
        let push = (force + moment * (block.spin * block.spin) * sine) * (1 / Self.totalMass)
        let turn =
            (Self.gravity * sine - cosine * push)
            / (Self.halfLength * (4.0 / 3.0) - (cosine * cosine) * (Self.halfLength * Self.poleMass / Self.totalMass))
        let acceleration = push - (turn * cosine) * (moment / Self.totalMass)
        block.x += tau * block.velocity
        block.velocity += tau * acceleration
        block.angle += tau * block.spin
        block.spin += tau * turn
        let fallen = beyond(block.x, Self.positionLimit) .| beyond(block.angle, Self.angleLimit)
        let rewards = Lanes(repeating: rewardOfStep).replacing(with: rewardOfFall, where: fallen)
        return LaneOutcome(rewards: rewards, terminated: fallen)
    }

    @inline(__always)
    func observe(_ block: Block, _ observations: UnsafeMutablePointer<Float>) {
        storeRows(block.x, block.velocity, block.angle, block.spin, observations)
    }

    @inline(__always)
    func start(_ random: inout RowRandom, _ bounds: StartBounds, _ variables: UnsafeMutablePointer<Float>) {
        let low = bounds.first ?? -0.05
        let width = (bounds.second ?? 0.05) - low
        let (x, velocity) = random.units()
        let (angle, spin) = random.units()
        variables[0] = low + width * x
        variables[1] = low + width * velocity
        variables[2] = low + width * angle
        variables[3] = low + width * spin
    }
}
