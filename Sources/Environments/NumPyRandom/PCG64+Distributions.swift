/// The distributions of `numpy.random.Generator`, draw for draw.
extension PCG64 {
    /// `random()`: uniform over [0, 1), in steps of 2^-53.
    public mutating func random() -> Double { Double(nextUInt64() >> 11) * 0x1p-53 }

    /// `uniform(low, high)`. Bounds whose difference is not finite give what the arithmetic gives; NumPy refuses them.
    public mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * random() }

    /// `integers(0, bound, endpoint=True)` with an element type of 64 bits; also `choice` of `bound + 1` elements.
    ///
    /// D. Lemire, "Fast Random Integer Generation in an Interval", 2019. A bound below 2^32 takes 32-bit draws.
    public mutating func integer(through bound: UInt64) -> UInt64 {
        if bound == 0 { return 0 }
        if bound <= UInt64(UInt32.max) { return UInt64(integer32(through: UInt32(bound))) }
        if bound == UInt64.max { return nextUInt64() }
        let width = bound &+ 1
        var product = nextUInt64().multipliedFullWidth(by: width)
        if product.low < width {
            let threshold = (UInt64.max &- bound) % width
            while product.low < threshold { product = nextUInt64().multipliedFullWidth(by: width) }
        }
        return product.high
    }

    /// `integers(0, bound, endpoint=True)` with an element type of 32 bits.
    public mutating func integer32(through bound: UInt32) -> UInt32 {
        if bound == 0 { return 0 }
        if bound == UInt32.max { return nextUInt32() }
        return Self.bounded(through: bound) { nextUInt32() }
    }

    /// The index that `Generator.choice(sequence)` takes of `count` elements; 0 where there is none.
    public mutating func choice(of count: Int) -> Int { Int(integer(through: UInt64(max(1, count) - 1))) }

    /// Lemire's method on words of one width, of which `draw` gives one.
    static func bounded<Word: FixedWidthInteger & UnsignedInteger>(
        through bound: Word, draw: () -> Word
    ) -> Word where Word.Magnitude == Word {
        let width = bound &+ 1
        var product = draw().multipliedFullWidth(by: width)
        if product.low < width {
            let threshold = (Word.max &- bound) % width
            while product.low < threshold { product = draw().multipliedFullWidth(by: width) }
        }
        return product.high
    }
}
