import Lanes
import VectorEnvironments

/// MotrixLab's cartpole: Runge-Kutta steps of order four.
struct MotrixCartPole: LaneEnvironment {
    struct Block: BitwiseCopyable {
        var slide = Lanes()
        var hinge = Lanes()
        var slideVelocity = Lanes()
        var hingeVelocity = Lanes()
    }

    let model: CartPoleNumbers

    static let observationCount = 4

    @inline(__always)
    func isValid(_ action: Float) -> Bool { isFinite(action) }

    @inline(__always)
    func step(_ block: inout Block, _ actions: UnsafePointer<Float>) -> LaneOutcome {
        let force = clipped(UnsafeRawPointer(actions).loadUnaligned(as: Lanes.self), 3) * model.gear
        for _ in 0..<model.substeps {
            let first = slope(block, force)
            let second = slope(block.moved(by: first, model.tick / 2), force)
            let third = slope(block.moved(by: second, model.tick / 2), force)
            let fourth = slope(block.moved(by: third, model.tick), force)
            let sum = first.moved(by: second, 2).moved(by: third, 2).moved(by: fourth, 1)
            block = block.moved(by: sum, model.tick / 6)
        }
        let ended = beyond(block.slide, 0.8) | beyond(block.hinge, 0.2)
        return LaneOutcome(rewards: Lanes(repeating: 1), terminated: ended)
    }

    @inline(__always)
    private func slope(_ at: Block, _ force: Lanes) -> Block {
        let (sine, cosine) = sineAndCosine(at.hinge)
        let coupling = cosine * model.moment
        let push =
            (force - at.slideVelocity * model.damping) + sine * at.hingeVelocity * at.hingeVelocity * model.moment
        let torque = sine * model.weight - at.hingeVelocity * model.damping
        let inverse = 1 / (model.inertia * model.mass - coupling * coupling)
        return Block(
            slide: at.slideVelocity, hinge: at.hingeVelocity,
            slideVelocity: (push * model.inertia - coupling * torque) * inverse,
            hingeVelocity: (torque * model.mass - coupling * push) * inverse)
    }

    @inline(__always)
    func observe(_ block: Block, _ observations: UnsafeMutablePointer<Float>) {
        corral_store_rows4(observations, block.slide, block.hinge, block.slideVelocity, block.hingeVelocity)
    }

    @inline(__always)
    func start(_ random: inout RowRandom, _ first: Float, _ second: Float, _ variables: UnsafeMutablePointer<Float>) {
        let (slide, hinge) = random.units()
        let (slideVelocity, hingeVelocity) = random.units()
        let scale = model.noise
        variables[0] = scale * (2 * slide - 1)
        variables[1] = scale * (2 * hinge - 1)
        variables[2] = scale * (2 * slideVelocity - 1)
        variables[3] = scale * (2 * hingeVelocity - 1)
    }
}

extension MotrixCartPole.Block {
    /// Each variable with a multiple of another's added.
    @inline(__always)
    func moved(by slope: Self, _ factor: Float) -> Self {
        Self(
            slide: slide + slope.slide * factor, hinge: hinge + slope.hinge * factor,
            slideVelocity: slideVelocity + slope.slideVelocity * factor,
            hingeVelocity: hingeVelocity + slope.hingeVelocity * factor)
    }
}
