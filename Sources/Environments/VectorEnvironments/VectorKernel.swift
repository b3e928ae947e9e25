import Foundations

/// The stepping code of one environment for a fixed number of rows.
///
/// It knows nothing of auto-reset, masks and threads: `VectorEnvironment` does. Two threads may call `step` and `reset`
/// at once, always for disjoint rows. A row's future depends on its record alone: not on the other rows, nor on `count`.
public protocol VectorKernel: AnyObject, Sendable {
    var layout: VectorLayout { get }
    var count: Int { get }
    /// Rows that share memory: ranges of `step` start at multiples of it.
    var rowsPerBlock: Int { get }

    /// Other rows of the same environment and configuration, never reset.
    func another(count: Int) -> any VectorKernel

    /// Makes the random numbers of a row start at `seed`; the next reset draws from them.
    func seed(row: Int, with seed: UInt64)

    /// Fails where `reset` would not know what to do with the options.
    ///
    /// - Throws: `invalidArgument`.
    func check(_ options: ResetOptions) throws(Failure)

    /// Starts an episode in each of the rows and writes their observations and info.
    func reset(rows: UnsafeBufferPointer<Int32>, options: ResetOptions, into buffers: StepBuffers)

    /// Fails where an action is outside of its space or no number.
    ///
    /// - Parameters:
    ///   - actions: `[count, …action]`.
    ///   - skipped: `[count]`; rows with a byte other than 0 are not looked at.
    /// - Throws: `invalidAction`, which names the row.
    func check(actions: UnsafeRawPointer, skipping skipped: UnsafePointer<UInt8>?) throws(Failure)

    /// Advances rows by one step and writes their observations, rewards, flags and info.
    ///
    /// - Parameters:
    ///   - skipped: `[count]`; rows with a byte other than 0 draw no random numbers. Their outputs are unspecified, and so
    ///     is their state until they are reset or written, which comes next.
    ///   - actions: `[count, …action]`, checked.
    /// - Returns: Whether a row may have terminated or been truncated.
    func step(
        rows: Range<Int>, skipping skipped: UnsafePointer<UInt8>?, actions: UnsafeRawPointer, into buffers: StepBuffers
    ) -> Bool

    /// Writes the record of a row, `layout.stateBytes` bytes; the memory need not be aligned.
    func readState(row: Int, into record: UnsafeMutableRawPointer)

    /// Makes a row what a record says.
    ///
    /// - Throws: `invalidArgument` for a record that no row can have, which leaves the row as it is.
    func writeState(row: Int, from record: UnsafeRawPointer) throws(Failure)

    /// Writes the observation (and info) of a row as it is now.
    func observe(row: Int, into buffers: StepBuffers)
}

extension VectorKernel {
    public var rowsPerBlock: Int { 1 }
}

/// What `reset(options=…)` of Gymnasium may hold: numbers by name, such as the bounds `low` and `high` of CartPole.
public typealias ResetOptions = [String: Double]
