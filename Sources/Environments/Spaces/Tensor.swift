import Foundations

#if _endian(big)
    #error("tensors are used in memory as they are on the wire: little-endian")
#endif

/// How large a tensor from a peer may be.
public struct TensorLimits: Sendable, Hashable {
    /// Bytes of all elements.
    public let bytes: Int
    /// Axes.
    public let axes: Int

    public init(bytes: Int = 1 << 30, axes: Int = 32) {
        self.bytes = bytes
        self.axes = axes
    }
}

/// An array of numbers: little-endian, row-major, without gaps.
public struct Tensor: Sendable, Hashable {
    public let dtype: DType
    /// The length of each axis; empty for one number.
    public let shape: [Int]
    /// `count * dtype.size` bytes. Of a `bool` each is 0 or 1.
    public let bytes: [UInt8]

    /// - Throws: `invalidArgument` where the bytes are not as many as dtype and shape say, the shape is beyond the
    ///   limits, or a `bool` is neither 0 nor 1.
    public init(
        dtype: DType, shape: [Int], bytes: [UInt8], limits: TensorLimits = TensorLimits()
    ) throws(Failure) {
        let expected = try Tensor.byteCount(dtype: dtype, shape: shape, limits: limits)
        guard bytes.count == expected else {
            throw Failure(
                .invalidArgument, "a \(dtype) tensor of shape \(shape) has \(expected) bytes, not \(bytes.count)")
        }
        if dtype == .bool, bytes.contains(where: { $0 > 1 }) {
            throw Failure(.invalidArgument, "a bool tensor has a byte that is neither 0 nor 1")
        }
        self.init(unchecked: dtype, shape, bytes)
    }

    /// For bytes that are right by construction.
    init(unchecked dtype: DType, _ shape: [Int], _ bytes: [UInt8]) {
        self.dtype = dtype
        self.shape = shape
        self.bytes = bytes
    }

    /// The number of elements.
    public var count: Int { bytes.count / dtype.size }

    /// How many bytes a tensor has.
    ///
    /// - Throws: `invalidArgument` where an axis is negative or the limits are passed, `Int`'s included.
    public static func byteCount(
        dtype: DType, shape: [Int], limits: TensorLimits = TensorLimits()
    ) throws(Failure) -> Int {
        guard shape.count <= limits.axes else {
            throw Failure(.invalidArgument, "a shape of \(shape.count) axes is beyond the limit of \(limits.axes)")
        }
        var total = dtype.size
        for length in shape {
            guard length >= 0 else { throw Failure(.invalidArgument, "the shape \(shape) has a negative axis") }
            let (product, overflow) = total.multipliedReportingOverflow(by: length)
            // An empty axis may follow, but the ones before it are held to the limit all the same.
            guard !overflow, product <= limits.bytes else {
                throw Failure(
                    .invalidArgument,
                    "a \(dtype) tensor of shape \(shape) is beyond the limit of \(limits.bytes) bytes")
            }
            total = product
        }
        return total
    }

    /// A tensor of one of Swift's number types.
    public init<Number: TensorNumber>(_ numbers: [Number], shape: [Int]) throws(Failure) {
        try self.init(
            dtype: Number.dtype, shape: shape, bytes: numbers.withUnsafeBytes { Array($0) },
            limits: TensorLimits(bytes: .max))
    }

    /// One axis of one of Swift's number types.
    public init<Number: TensorNumber>(_ numbers: [Number]) {
        self.init(unchecked: Number.dtype, [numbers.count], numbers.withUnsafeBytes { Array($0) })
    }

    /// The elements in order; nil where they are of another type.
    public func numbers<Number: TensorNumber>(as type: Number.Type = Number.self) -> [Number]? {
        guard Number.dtype == dtype else { return nil }
        return bytes.withUnsafeBytes { raw in
            (0..<count).map { raw.loadUnaligned(fromByteOffset: $0 * dtype.size, as: Number.self) }
        }
    }

    /// The indices of an element, one for each axis, from its place in row-major order.
    static func indices(of place: Int, in shape: [Int]) -> [Int] {
        var rest = place
        var indices = shape
        for axis in shape.indices.reversed() where shape[axis] > 0 {
            (rest, indices[axis]) = rest.quotientAndRemainder(dividingBy: shape[axis])
        }
        return indices
    }
}

/// The number types that can be the elements of a tensor.
public protocol TensorNumber: BitwiseCopyable, Sendable {
    static var dtype: DType { get }
}
