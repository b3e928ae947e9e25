import Glibc

/// Random numbers that a seed determines, in every build and on every machine: SplitMix64 (Steele, Lea, Flood, 2014).
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}

/// Distributions of our own, because the standard library may change its algorithms.
extension RandomNumberGenerator {
    /// Uniform over `0...bound`.
    mutating func uniform(through bound: UInt64) -> UInt64 {
        let mask = bound == 0 ? 0 : UInt64.max >> UInt64(bound.leadingZeroBitCount)
        while true {
            let value = next() & mask
            if value <= bound { return value }
        }
    }

    mutating func index(below count: Int) -> Int { Int(uniform(through: UInt64(max(count, 1) - 1))) }

    /// Uniform over [0, 1), in steps of 2^-53.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Exponential with mean 1.
    mutating func exponential() -> Double { -log(1 - unit()) }

    /// Normal with mean 0 and variance 1.
    mutating func normal() -> Double { (2 * exponential()).squareRoot() * cos(2 * .pi * unit()) }
}

extension TensorElement where Self: FixedWidthInteger {
    static func sample(_ low: Self, _ high: Self, using generator: inout some RandomNumberGenerator) -> Self {
        let width = UInt64(truncatingIfNeeded: high) &- UInt64(truncatingIfNeeded: low)
        return low &+ Self(truncatingIfNeeded: generator.uniform(through: width))
    }
}

extension TensorElement where Self: BinaryFloatingPoint {
    /// Uniform between finite bounds, exponential from the finite one of two, normal where there is none.
    static func sample(_ low: Self, _ high: Self, using generator: inout some RandomNumberGenerator) -> Self {
        let lower = Double(low)
        let upper = Double(high)
        let value: Double
        switch (low.isFinite, high.isFinite) {
        case (true, true):
            let unit = generator.unit()
            value = lower * (1 - unit) + upper * unit
        case (true, false): value = lower + generator.exponential()
        case (false, true): value = upper - generator.exponential()
        case (false, false): value = generator.normal()
        }
        return Swift.min(Swift.max(Self(value), low), high)
    }
}
