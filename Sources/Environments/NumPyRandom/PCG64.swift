/// NumPy's default bit generator: a 128-bit linear congruential generator whose output is its state's folded, rotated
/// halves (PCG XSL RR 128/64; M. E. O'Neill, "PCG", 2014), with NumPy's buffer for the other half of a 64-bit draw.
///
/// In memory it is `state`, `increment` (16 bytes each), `has_uint32` and `uinteger` (4 bytes each), without gaps.
public struct PCG64: BitwiseCopyable, Sendable, Equatable {
    /// `bit_generator.state["state"]["state"]`.
    public private(set) var state: UInt128
    /// `bit_generator.state["state"]["inc"]`; odd.
    public private(set) var increment: UInt128
    private var halves: UInt32
    /// The high half of the last 64-bit draw that served a 32-bit one; drawn or not, as `uinteger` has it.
    public private(set) var half: UInt32

    /// Whether `half` is still to be drawn: `has_uint32`.
    public var hasHalf: Bool { halves != 0 }

    /// Whether the values are those of a generator that was seeded: an odd increment, a flag that is 0 or 1. Others
    /// can come from memory that was read as a generator; drawing from them is safe.
    public var isSound: Bool { increment & 1 == 1 && halves < 2 }

    /// `np.random.PCG64(SeedSequence(seed))`, which is also `gymnasium.utils.seeding.np_random(seed)`.
    public init(seed: UInt64) { self.init(SeedSequence(seed)) }

    public init(_ sequence: SeedSequence) {
        let words = sequence.fourLongWords()
        increment = UInt128(words.2) << 65 | UInt128(words.3) << 1 | 1
        state = increment &+ (UInt128(words.0) << 64 | UInt128(words.1))
        (halves, half) = (0, 0)
        advance()
    }

    /// Puts a generator where `bit_generator.state` says. An even increment is taken as the odd one above it, as a
    /// generator of this kind needs.
    public init(state: UInt128, increment: UInt128, hasHalf: Bool, half: UInt32) {
        self.state = state
        self.increment = increment | 1
        (halves, self.half) = (hasHalf ? 1 : 0, half)
    }

    private mutating func advance() {
        state = state &* 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645 &+ increment
    }

    public mutating func nextUInt64() -> UInt64 {
        advance()
        let high = UInt64(truncatingIfNeeded: state >> 64)
        let folded = high ^ UInt64(truncatingIfNeeded: state)
        let turn = high >> 58
        return folded >> turn | folded << (64 &- turn & 63)
    }

    /// The low half of a 64-bit draw, then its high half.
    public mutating func nextUInt32() -> UInt32 {
        if hasHalf {
            halves = 0
            return half
        }
        let both = nextUInt64()
        halves = 1
        half = UInt32(truncatingIfNeeded: both >> 32)
        return UInt32(truncatingIfNeeded: both)
    }
}
