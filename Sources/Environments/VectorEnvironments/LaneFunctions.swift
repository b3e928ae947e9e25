/// The hot code of a float32 kernel, made where its types are known: calls through a protocol would not be specialised.
///
/// Only numbers and pointers pass, so that the modules of kernels, which are built for other processors than the rest,
/// hold no code of the standard library that the rest could be linked to.
public struct LaneFunctions: Sendable {
    /// Starts episodes between two bounds, NaN for the environment's own.
    public let start: @Sendable (UnsafeBufferPointer<Int32>, _ first: Float, _ second: Float, StepBuffers) -> Void
    public let step: @Sendable (Range<Int>, UnsafeRawPointer, StepBuffers) -> Bool
    public let observe: @Sendable (_ row: Int, StepBuffers) -> Void
    /// Whether all actions are within the space; the first that is not, else -1.
    public let firstBad: @Sendable (_ actions: UnsafeRawPointer, _ skipped: UnsafePointer<UInt8>?) -> Int

    public init(
        start: @escaping @Sendable (UnsafeBufferPointer<Int32>, Float, Float, StepBuffers) -> Void,
        step: @escaping @Sendable (Range<Int>, UnsafeRawPointer, StepBuffers) -> Bool,
        observe: @escaping @Sendable (Int, StepBuffers) -> Void,
        firstBad: @escaping @Sendable (UnsafeRawPointer, UnsafePointer<UInt8>?) -> Int
    ) {
        self.start = start
        self.step = step
        self.observe = observe
        self.firstBad = firstBad
    }
}

/// The bounds of a start as options of a reset: two names with the values that they may have.
public struct StartOptions: Sendable {
    public let first: String
    public let second: String
    public let firstRange: ClosedRange<Double>
    public let secondRange: ClosedRange<Double>
    /// Whether the first must not be above the second.
    public let isRange: Bool

    /// `low` and `high` within one range.
    public static func bounds(within range: ClosedRange<Double>) -> StartOptions {
        StartOptions(first: "low", second: "high", firstRange: range, secondRange: range, isRange: true)
    }

    public init(
        first: String, second: String, firstRange: ClosedRange<Double>, secondRange: ClosedRange<Double>,
        isRange: Bool = false
    ) {
        self.first = first
        self.second = second
        self.firstRange = firstRange
        self.secondRange = secondRange
        self.isRange = isRange
    }
}
