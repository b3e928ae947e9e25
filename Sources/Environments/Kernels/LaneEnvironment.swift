import VectorEnvironments

typealias Lanes = SIMD8<Float>

/// An environment of which eight rows step at once, one in each lane.
protocol LaneEnvironment: Sendable {
    /// The variables of eight rows: a struct whose members are all `Lanes`.
    associatedtype Block: BitwiseCopyable
    /// `Int64` or `Float`, one for each row.
    associatedtype Action: BitwiseCopyable & Sendable

    /// Numbers in the observation of a row.
    static var observationCount: Int { get }

    /// Advances eight rows. Without branches: a lane may hold anything that a record can, or zeros.
    func step(_ block: inout Block, _ actions: UnsafePointer<Action>) -> LaneOutcome

    /// Writes eight observations, one row after the other.
    func observe(_ block: Block, _ observations: UnsafeMutablePointer<Float>)

    /// Writes the observation of one row from its variables, with the same bits as the other.
    func observe(_ variables: UnsafePointer<Float>, _ observation: UnsafeMutablePointer<Float>)

    /// The variables of a row at the start of an episode, between bounds that are NaN where nobody gave them.
    func start(_ random: inout RowRandom, _ first: Float, _ second: Float, _ variables: UnsafeMutablePointer<Float>)

    func isValid(_ action: Action) -> Bool
}

/// What a step of eight rows gives. A mask is a vector of integers, -1 where it is set, because only their operations
/// are compiled to one instruction.
struct LaneOutcome {
    let rewards: Lanes
    let terminated: SIMD8<Int32>
}

extension LaneEnvironment {
    @inline(__always)
    func observe(_ variables: UnsafePointer<Float>, _ observation: UnsafeMutablePointer<Float>) {
        withUnsafeTemporaryAllocation(byteCount: 32 * 16, alignment: 32) { scratch in
            let start = scratch.baseAddress.unsafelyUnwrapped
            let count = MemoryLayout<Block>.size / 32
            for variable in 0..<count {
                start.storeBytes(of: Lanes(repeating: variables[variable]), toByteOffset: variable * 32, as: Lanes.self)
            }
            let rows = (start + count * 32).assumingMemoryBound(to: Float.self)
            observe(start.assumingMemoryBound(to: Block.self).pointee, rows)
            for element in 0..<Self.observationCount { observation[element] = rows[element] }
        }
    }
}
