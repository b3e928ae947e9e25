import ClassicControl
import Foundations
import Glibc
import NumPyRandom
import Spaces
import VectorEnvironments

/// Gymnasium's MountainCarContinuous, whose state is float64 from a reset to the first step and float32 from then on.
struct MountainCarContinuousModel: RowModel {
    struct State: BitwiseCopyable {
        /// Exact in `float32` unless `isStart`.
        var position, velocity: Double
        var isStart: Bool
    }

    let layout: VectorLayout
    /// The least velocity at the goal, per step.
    private let goalVelocity: Double

    private let bounds = ResetBounds(low: -0.6, high: -0.4)
    private let lowest = -1.2
    private let highest = 0.6
    private let fastest = 0.07
    private let goal = 0.45
    private let power = 0.0015

    init(_ configuration: MountainCarContinuousConfiguration) throws(Failure) {
        layout = try MountainCarContinuousConfiguration.layout(precision: .float64)
            .adding(state: [ArrayField("is_start", .uint8)])
        goalVelocity = configuration.goalVelocity
    }

    func check(_ options: ResetOptions) throws(Failure) { try bounds.check(options) }

    func start(_ options: ResetOptions, _ random: inout PCG64) -> State {
        let range = bounds.replaced(by: options)
        return State(position: random.uniform(range.low, range.high), velocity: 0, isStart: true)
    }

    func complaint(about action: Float) -> String? { ReferenceEnvironments.complaint(about: action) }

    func advance(_ state: inout State, by action: Float, _ random: inout PCG64) -> Outcome {
        let isThere =
            state.isStart
            ? move(&state, state.position, state.velocity, action)
            : move(&state, Float(state.position), Float(state.velocity), action)
        return Outcome(reward: (isThere ? 100 : 0) - pow(Double(action), 2) * 0.1, terminated: isThere)
    }

    /// Moves the car in the precision of its state, and says whether it reached the goal. A force within the bounds is a
    /// `float32`; at a bound it becomes Python's number, and so does a velocity there.
    private func move<Real: BinaryFloatingPoint>(
        _ state: inout State, _ position: Real, _ velocity: Real, _ action: Float
    ) -> Bool {
        let pull = 0.0025 * cos(Double(3 * position))
        let push =
            abs(action) > 1
            ? Real((action > 0 ? power : -power) - pull) : Real(action * Float(power) - Float(pull))
        var velocity = velocity + push
        let isFastest = abs(velocity) > Real(fastest)
        velocity = clip(velocity, Real(-fastest), Real(fastest))
        let position = clip(position + velocity, Real(lowest), Real(highest))
        if position == Real(lowest), velocity < 0 { velocity = 0 }
        let isFastEnough =
            isFastest && velocity > 0 ? fastest >= goalVelocity : velocity >= Real(goalVelocity)
        state = State(position: Double(Float(position)), velocity: Double(Float(velocity)), isStart: false)
        return position >= Real(goal) && isFastEnough
    }

    func observe(_ state: State, into place: UnsafeMutableRawPointer) {
        place.storeFloats(state.position, state.velocity)
    }

    func write(_ state: State, to record: inout RecordWriter) {
        record.put(state.position)
        record.put(state.velocity)
        record.put(state.isStart ? 1 : 0 as UInt8)
    }

    func read(_ record: inout RecordReader) throws(Failure) -> State {
        let position = try record.takeFinite("position")
        let velocity = try record.takeFinite("velocity")
        let isStart = try record.takeFlag("is_start")
        guard !isStart else { return State(position: position, velocity: velocity, isStart: true) }
        return State(position: Double(Float(position)), velocity: Double(Float(velocity)), isStart: false)
    }
}
