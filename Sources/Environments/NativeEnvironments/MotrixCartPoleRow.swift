import ClassicControl
import Foundations
import Glibc
import Spaces
import VectorEnvironments

/// MotrixLab's `cartpole` in float64, one row at a time.
///
/// With the slide `x`, the hinge `θ` (0 is upright), the masses `M` and `m`, the pole's centre `l` above the hinge and
/// its inertia `J` around it, Lagrange's equations are `(M + m) ẍ + m l cos θ θ̈ = F - ẋ + m l sin θ θ̇²` and
/// `m l cos θ ẍ + J θ̈ = m g l sin θ - θ̇` (both joints have a damping of 1). The limits of the joints are beyond those
/// that end an episode.
struct MotrixCartPoleRow: RowEnvironment {
    struct State: BitwiseCopyable, Sendable {
        /// m, rad, m/s, rad/s.
        var slide, hinge, slideVelocity, hingeVelocity: Double
    }

    let observationSpace: Space
    let actionSpace: Space
    let stateFields: [ArrayField]
    private let configuration: MotrixCartPoleConfiguration
    private let model = MotrixCartPoleModel()

    init(_ configuration: MotrixCartPoleConfiguration) throws(Failure) {
        self.configuration = configuration
        let layout = try MotrixCartPoleConfiguration.layout(precision: .float64)
        (observationSpace, actionSpace, stateFields) = (layout.observationSpace, layout.actionSpace, layout.state)
    }

    func reset(_ random: inout RowRandom, options: ResetOptions) -> State {
        let scale = configuration.resetNoiseScale
        let slide = random.uniform(-scale, scale)
        let hinge = random.uniform(-scale, scale)
        let slideVelocity = random.uniform(-scale, scale)
        return State(
            slide: slide, hinge: hinge, slideVelocity: slideVelocity, hingeVelocity: random.uniform(-scale, scale))
    }

    func step(_ state: inout State, action: Span<Float>, random: inout RowRandom) -> StepOutcome {
        let force = Double(min(max(action[0], -3), 3)) * model.gear
        let tick = configuration.simDT
        for _ in 0..<configuration.simSubsteps {
            let first = slope(state, force)
            let second = slope(state.moved(by: first, tick / 2), force)
            let third = slope(state.moved(by: second, tick / 2), force)
            let fourth = slope(state.moved(by: third, tick), force)
            let sum = first.moved(by: second, 2).moved(by: third, 2).moved(by: fourth, 1)
            state = state.moved(by: sum, tick / 6)
        }
        return StepOutcome(reward: 1, terminated: abs(state.slide) > 0.8 || abs(state.hinge) > 0.2)
    }

    private func slope(_ at: State, _ force: Double) -> State {
        let sine = sin(at.hinge)
        let moment = model.poleMass * model.poleCentre
        let coupling = moment * cos(at.hinge)
        let mass = model.cartMass + model.poleMass
        let push = force - model.damping * at.slideVelocity + moment * sine * at.hingeVelocity * at.hingeVelocity
        let torque = moment * model.gravity * sine - model.damping * at.hingeVelocity
        let determinant = mass * model.poleInertia - coupling * coupling
        return State(
            slide: at.slideVelocity, hinge: at.hingeVelocity,
            slideVelocity: (model.poleInertia * push - coupling * torque) / determinant,
            hingeVelocity: (mass * torque - coupling * push) / determinant)
    }

    func observe(_ state: State, into observation: inout MutableSpan<Float>) {
        observation[0] = Float(state.slide)
        observation[1] = Float(state.hinge)
        observation[2] = Float(state.slideVelocity)
        observation[3] = Float(state.hingeVelocity)
    }

    func isValid(_ state: State) -> Bool {
        [state.slide, state.hinge, state.slideVelocity, state.hingeVelocity].allSatisfy { abs($0) <= 1000 }
    }
}

extension MotrixCartPoleRow.State {
    /// Each variable with a multiple of another's added.
    func moved(by slope: Self, _ factor: Double) -> Self {
        Self(
            slide: slide + slope.slide * factor, hinge: hinge + slope.hinge * factor,
            slideVelocity: slideVelocity + slope.slideVelocity * factor,
            hingeVelocity: hingeVelocity + slope.hingeVelocity * factor)
    }
}
