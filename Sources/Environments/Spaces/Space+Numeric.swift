import Foundations

extension Space {
    /// Tensors of real numbers between bounds, which belong to it.
    public struct Box: Sendable, Hashable {
        public let dtype: DType
        public let shape: [Int]
        /// Of the same dtype; one number for all elements (shape `[]`), or one for each.
        public let low: Tensor
        public let high: Tensor
        /// Whether a value of the dtype can be out of bounds at all.
        let isBounded: Bool

        /// - Throws: `invalidArgument` where the bounds are of another dtype or shape, a lower one is above its upper
        ///   one, or the dtype is complex.
        public init(dtype: DType, shape: [Int], low: Tensor, high: Tensor) throws(Failure) {
            guard !dtype.isComplex else { throw Failure(.invalidArgument, "a Box has real numbers, not \(dtype)") }
            _ = try Tensor.byteCount(dtype: dtype, shape: shape)
            for bound in [low, high] where bound.dtype != dtype || !(bound.shape.isEmpty || bound.shape == shape) {
                throw Failure(
                    .invalidArgument,
                    "a bound of a Box is a \(dtype) or an array of shape \(shape) of them, "
                        + "not \(bound.dtype) of shape \(bound.shape)")
            }
            self.init(unchecked: dtype, shape, low.collapsed, high.collapsed)
            var order = OrderOfBounds(box: self)
            try dtype.run(&order)
        }

        init(unchecked dtype: DType, _ shape: [Int], _ low: Tensor, _ high: Tensor) {
            var extremes = Extremes()
            dtype.run(&extremes)
            isBounded = low.bytes != extremes.lowest || high.bytes != extremes.highest
            (self.dtype, self.shape, self.low, self.high) = (dtype, shape, low, high)
        }

        /// Every value of a dtype.
        public init(dtype: DType, shape: [Int]) throws(Failure) {
            var extremes = Extremes()
            dtype.run(&extremes)
            try self.init(
                dtype: dtype, shape: shape, low: Tensor(unchecked: dtype, [], extremes.lowest),
                high: Tensor(unchecked: dtype, [], extremes.highest))
        }
    }

    /// The integers from `start` to `start + n - 1`.
    public struct Discrete: Sendable, Hashable {
        public let n: Int64
        public let start: Int64
        public var last: Int64 { start + (n - 1) }

        /// - Throws: `invalidArgument` where there is no value or the last one passes 64 bits.
        public init(n: Int64, start: Int64 = 0) throws(Failure) {
            guard n > 0 else { throw Failure(.invalidArgument, "a Discrete has at least one value, not n \(n)") }
            guard !start.addingReportingOverflow(n - 1).overflow else {
                throw Failure(.invalidArgument, "a Discrete of \(n) values from \(start) passes 64 bits")
            }
            (self.n, self.start) = (n, start)
        }
    }

    /// Tensors of integers, each from its `start` to `start + n - 1`.
    public struct MultiDiscrete: Sendable, Hashable {
        /// One integer for each element.
        public let nvec: Tensor
        public let start: Tensor
        let box: Box

        /// - Parameters:
        ///   - nvec: How many values each element has.
        ///   - start: The least value of each; zeros where empty.
        /// - Throws: `invalidArgument` where there is no value, or a last one passes the dtype.
        public init(
            nvec: [Int64], start: [Int64] = [], shape: [Int], dtype: DType = .int64
        ) throws(Failure) {
            guard dtype.isInteger else {
                throw Failure(.invalidArgument, "a MultiDiscrete has integers, not \(dtype)")
            }
            let starts = start.isEmpty ? nvec.map { _ in 0 } : start
            guard starts.count == nvec.count else {
                throw Failure(.invalidArgument, "a MultiDiscrete has as many starts as counts")
            }
            let sizes = try nvec.map { (n) throws(Failure) in try Discrete(n: n) }
            let lasts = try zip(sizes, starts).map { (size, start) throws(Failure) in
                try Discrete(n: size.n, start: start).last
            }
            let low = try Tensor(converting: starts, to: dtype, shape: shape)
            let high = try Tensor(converting: lasts, to: dtype, shape: shape)
            self.nvec = try Tensor(nvec, shape: shape)
            self.start = try Tensor(starts, shape: shape)
            box = try Box(dtype: dtype, shape: shape, low: low, high: high)
        }

        public var shape: [Int] { box.shape }
        public var dtype: DType { box.dtype }
    }

    /// Tensors of zeros and ones, of dtype `int8`.
    public struct MultiBinary: Sendable, Hashable {
        let box: Box

        public init(shape: [Int]) throws(Failure) {
            _ = try Tensor.byteCount(dtype: .int8, shape: shape)
            box = Box(unchecked: .int8, shape, Tensor(unchecked: .int8, [], [0]), Tensor(unchecked: .int8, [], [1]))
        }

        public var shape: [Int] { box.shape }
    }
}

extension Tensor {
    /// One number instead of an array of equal ones.
    fileprivate var collapsed: Tensor {
        guard let first = bytes.first, !shape.isEmpty else { return self }
        let size = dtype.size
        let isUniform =
            bytes.allSatisfy { $0 == first } || (size..<bytes.count).allSatisfy { bytes[$0] == bytes[$0 - size] }
        return isUniform ? Tensor(unchecked: dtype, [], Array(bytes[..<size])) : self
    }

    /// Integers as elements of a dtype that can hold each.
    fileprivate init(converting numbers: [Int64], to dtype: DType, shape: [Int]) throws(Failure) {
        var filling = Filling(numbers: numbers)
        try dtype.run(&filling)
        try self.init(dtype: dtype, shape: shape, bytes: filling.bytes)
    }
}

private struct Filling: ElementOperation {
    let numbers: [Int64]
    var bytes: [UInt8] = []

    mutating func run<Element: TensorElement>(_ type: Element.Type) throws(Failure) {
        for number in numbers {
            do throws(ElementFault) {
                append(try Element.convert(.integer(number)), to: &bytes)
            } catch { throw Failure(.invalidArgument, "\(number) does not fit the space's dtype") }
        }
    }
}

private struct Extremes: ElementOperation {
    var lowest: [UInt8] = []
    var highest: [UInt8] = []

    mutating func run<Element: TensorElement>(_ type: Element.Type) {
        append(Element.lowest, to: &lowest)
        append(Element.highest, to: &highest)
    }
}

private struct OrderOfBounds: ElementOperation {
    let box: Space.Box

    mutating func run<Element: TensorElement>(_ type: Element.Type) throws(Failure) {
        let bounds = Bounds<Element>(box)
        let places = min(box.low.count, box.high.count) == 0 ? 0 : max(box.low.count, box.high.count)
        for place in 0..<places {
            let low = bounds.low(at: place)
            let high = bounds.high(at: place)
            guard !low.isNaN, !high.isNaN, !high.isBelow(low) else {
                throw Failure(
                    .invalidArgument, "the lower bound \(low.text) is not below the upper bound \(high.text)")
            }
        }
    }
}
