/// The random numbers of one row: SplitMix64 (Steele, Lea, Flood, 2014) as a function of a 64-bit place, which is all of
/// its state. Rows have streams of their own, so that neither `count` nor threads change what a row draws.
@frozen
public struct RowRandom: BitwiseCopyable, Sendable, Hashable {
    public var place: UInt64

    @inline(__always) @inlinable
    public init(place: UInt64) { self.place = place }

    /// Seeds that differ by one give places that have nothing in common.
    @inline(__always) @inlinable
    public init(seed: UInt64) { place = Self.mixed(seed &* 0xd134_2543_de82_ef95 &+ 0x2545_f491_4f6c_dd1d) }

    @inline(__always) @inlinable
    public mutating func next() -> UInt64 {
        place &+= 0x9e37_79b9_7f4a_7c15
        return Self.mixed(place)
    }

    /// Two numbers, uniform over [0, 1) in steps of 2^-23.
    @inline(__always) @inlinable
    public mutating func units() -> (Float, Float) {
        let bits = next()
        let first = UInt32(truncatingIfNeeded: bits >> 41) | 0x3f80_0000
        let second = UInt32(truncatingIfNeeded: bits >> 9) & 0x007f_ffff | 0x3f80_0000
        return (Float(bitPattern: first) - 1, Float(bitPattern: second) - 1)
    }

    /// Uniform over [0, 1) in steps of 2^-53.
    @inline(__always) @inlinable
    public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Uniform over `[low, high)`.
    @inline(__always) @inlinable
    public mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * unit() }

    @inline(__always) @inlinable
    static func mixed(_ place: UInt64) -> UInt64 {
        var mixed = place
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
