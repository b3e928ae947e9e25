import Foundations
import Spaces
import VectorEnvironments

/// The arithmetic of an implementation.
public enum Precision: String, Sendable, CaseIterable {
    case float32, float64

    public var dtype: DType { self == .float32 ? .float32 : .float64 }

    /// One number for each name.
    public func fields(_ names: [String]) -> [ArrayField] { names.map { ArrayField($0, dtype) } }
}

extension Space {
    /// A `float32` box of one axis.
    static func bounded(_ low: [Float], _ high: [Float]) throws(Failure) -> Space {
        .box(try Box(dtype: .float32, shape: [low.count], low: Tensor(low), high: Tensor(high)))
    }
}
