import Foundations
import Spaces

extension Space {
    /// The shape of a value as one array; nil where it cannot be one.
    ///
    /// A tuple of single numbers is the array of them.
    var arrayShape: [Int]? {
        switch self {
        case .box(let box): box.shape
        case .discrete: []
        case .multiDiscrete(let space): space.nvec.shape
        case .multiBinary(let space): space.shape
        case .tuple(let spaces): spaces.allSatisfy { $0.arrayShape == [] } ? [spaces.count] : nil
        default: nil
        }
    }

    /// The type of the elements of a value as one array.
    var elementType: DType? {
        switch self {
        case .box(let box): box.dtype
        case .discrete: .int64
        case .multiDiscrete(let space): space.dtype
        case .multiBinary: .int8
        case .tuple(let spaces): spaces.first?.elementType
        default: nil
        }
    }

    /// Discrete actions from `first` to `last`; nil for spaces of many numbers.
    var discreteRange: ClosedRange<Int64>? {
        if case .discrete(let space) = self { space.start...space.last } else { nil }
    }

    /// The fields of a value of the space as one array.
    func field(_ name: String, _ dtype: DType) throws(Failure) -> ArrayField {
        guard let shape = arrayShape else {
            throw Failure(.internal, "a \(typeName) space is not one array", next: "use a Box, or a tuple of numbers")
        }
        return ArrayField(name, dtype, shape)
    }

    /// The integers from 0 to `n - 1`.
    ///
    /// - Throws: `invalidArgument` where `n` is not positive.
    public static func discrete(_ n: Int64) throws(Failure) -> Space { .discrete(try Discrete(n: n)) }

    /// A box of one axis.
    ///
    /// - Throws: `invalidArgument` where the bounds do not go together.
    public static func box(low: [Float], high: [Float]) throws(Failure) -> Space {
        .box(try Box(dtype: .float32, shape: [low.count], low: Tensor(low), high: Tensor(high)))
    }
}
