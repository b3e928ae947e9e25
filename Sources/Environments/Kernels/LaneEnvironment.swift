import VectorEnvironments

typealias Lanes = SIMD8<Float>
typealias LaneMask = SIMDMask<SIMD8<Int32>>

/// An environment of which eight rows step at once, one in each lane.
protocol LaneEnvironment: Sendable {
    /// The variables of eight rows: a struct whose members are all `Lanes`.
    associatedtype Block: BitwiseCopyable
    associatedtype Action: BitwiseCopyable & Sendable

    /// Numbers in the observation of a row.
    static var observationCount: Int { get }

    /// Advances eight rows. Without branches: a lane may hold anything that a record can, or zeros.
    func step(_ block: inout Block, _ actions: UnsafePointer<Action>) -> LaneOutcome

    /// Writes eight observations, one row after the other.
    func observe(_ block: Block, _ observations: UnsafeMutablePointer<Float>)

    /// The variables of a row at the start of an episode.
    ///
    /// - Parameter variables: One for each member of the block.
    func start(_ random: inout RowRandom, _ bounds: StartBounds, _ variables: UnsafeMutablePointer<Float>)
}

struct LaneOutcome {
    let rewards: Lanes
    let terminated: LaneMask
}

/// The bounds between which an episode starts, as `options` of a reset give them; nil for the environment's own.
struct StartBounds: Sendable {
    var first: Float?
    var second: Float?
}
