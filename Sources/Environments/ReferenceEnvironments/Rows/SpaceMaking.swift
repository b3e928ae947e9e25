import Foundations
import Spaces

extension Space {
    /// A box of `float32` with a bound for each element.
    static func box32(_ low: [Float], _ high: [Float]) throws(Failure) -> Space {
        .box(
            try Box(
                dtype: .float32, shape: [low.count], low: Tensor(low, shape: [low.count]),
                high: Tensor(high, shape: [high.count])))
    }

    static func discrete(_ n: Int) throws(Failure) -> Space { .discrete(try Discrete(n: Int64(n))) }
}

/// The complaint about an index of an action that is not in `0..<n`; nil for one that is.
func complaint(about action: Int64, of n: Int64) -> String? {
    0..<n ~= action ? nil : "is \(action), not one of 0 to \(n - 1)"
}

/// The complaint about a continuous action that is no finite number; nil for one that is. Finite ones out of the bounds
/// are clipped by the environments, as Gymnasium does.
func complaint(about action: Float) -> String? { action.isFinite ? nil : "is \(action), which is no finite number" }
