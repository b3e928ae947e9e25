/// Draws of `Generator.integers` with narrow element types, and the masked draws of `Generator.shuffle`.
extension PCG64 {
    /// `integers(0, bound, size=count, dtype=np.uint8, endpoint=True)`: four elements from each 32-bit draw, and what
    /// is left of the last one is dropped.
    public mutating func bytes(_ count: Int, through bound: UInt8) -> [UInt8] {
        var cutter = Cutter<UInt8>()
        return narrow(count, through: bound, from: &cutter)
    }

    /// `integers(0, bound, size=count, dtype=np.uint16, endpoint=True)`: two elements from each 32-bit draw.
    public mutating func shorts(_ count: Int, through bound: UInt16) -> [UInt16] {
        var cutter = Cutter<UInt16>()
        return narrow(count, through: bound, from: &cutter)
    }

    /// `integers(0, 2, size=count, dtype=bool)`: 32 elements from each 32-bit draw, lowest bit first.
    public mutating func bits(_ count: Int) -> [Bool] {
        var word: UInt32 = 0
        return (0..<max(0, count)).map { place in
            word = place & 31 == 0 ? nextUInt32() : word >> 1
            return word & 1 != 0
        }
    }

    /// The index that `shuffle` swaps with: uniform over `0...bound`, by rejection under the next mask of ones.
    public mutating func masked(through bound: UInt64) -> UInt64 {
        if bound == 0 { return 0 }
        let mask = UInt64.max >> UInt64(bound.leadingZeroBitCount)
        while true {
            let value = (bound <= UInt64(UInt32.max) ? UInt64(nextUInt32()) : nextUInt64()) & mask
            if value <= bound { return value }
        }
    }

    private mutating func narrow<Word: FixedWidthInteger & UnsignedInteger>(
        _ count: Int, through bound: Word, from cutter: inout Cutter<Word>
    ) -> [Word] where Word.Magnitude == Word {
        (0..<max(0, count)).map { _ in
            if bound == 0 { return 0 }
            if bound == Word.max { return cutter.next(of: &self) }
            return Self.bounded(through: bound) { cutter.next(of: &self) }
        }
    }

    /// Cuts 32-bit draws into narrower words, lowest first.
    private struct Cutter<Word: FixedWidthInteger> {
        private var word: UInt32 = 0
        private var left = 0

        mutating func next(of generator: inout PCG64) -> Word {
            if left == 0 {
                word = generator.nextUInt32()
                left = 32 / Word.bitWidth
            } else {
                word >>= UInt32(Word.bitWidth)
            }
            left -= 1
            return Word(truncatingIfNeeded: word)
        }
    }
}
