/// Where a step or a reset writes: memory of the caller for all rows, valid and unshared during the call.
///
/// Only pointers, so that nothing is copied between NumPy and a kernel. Each is aligned to the elements it holds.
// Unchecked: the caller lends the memory for one call, whose threads write disjoint rows.
public struct StepBuffers: @unchecked Sendable {
    /// `[count, …observation]`.
    public let observations: UnsafeMutableRawPointer
    /// `[count]` of the layout's reward type.
    public let rewards: UnsafeMutableRawPointer
    /// `[count]`, each 0 or 1.
    public let terminated: UnsafeMutablePointer<UInt8>
    /// `[count]`, each 0 or 1.
    public let truncated: UnsafeMutablePointer<UInt8>
    /// The fields of the info one after the other, each `[count, …shape]`; nil where the layout has none.
    public let info: UnsafeMutableRawPointer?
    /// `[count, …observation]`; written in rows that end with same-step auto-reset. Nil where nobody wants it.
    public let finalObservations: UnsafeMutableRawPointer?
    /// As `info`, written as `finalObservations`.
    public let finalInfo: UnsafeMutableRawPointer?

    public init(
        observations: UnsafeMutableRawPointer, rewards: UnsafeMutableRawPointer,
        terminated: UnsafeMutablePointer<UInt8>, truncated: UnsafeMutablePointer<UInt8>,
        info: UnsafeMutableRawPointer? = nil, finalObservations: UnsafeMutableRawPointer? = nil,
        finalInfo: UnsafeMutableRawPointer? = nil
    ) {
        self.observations = observations
        self.rewards = rewards
        self.terminated = terminated
        self.truncated = truncated
        self.info = info
        self.finalObservations = finalObservations
        self.finalInfo = finalInfo
    }
}
