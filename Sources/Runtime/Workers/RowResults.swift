import Spaces

/// What the rows of a vector session gave beside their observations, which stand in the reply's own place.
public struct RowResults: Sendable {
    /// By JSON pointers that begin at the answer: `/reward`, `/terminated`, `/truncated` of a step, and what is in `/info`
    /// of every call. The reply's `info` has `null` in their places.
    public let tensors: [String: Tensor]
    /// The outcome as the record of the call has it, observations included; empty where it was recorded.
    public var canonical: [UInt8]

    public init(tensors: [String: Tensor], canonical: [UInt8]) {
        self.tensors = tensors
        self.canonical = canonical
    }

    /// Bytes of the arrays.
    public var byteCount: Int { tensors.values.reduce(0) { $0 + $1.bytes.count } }
}
