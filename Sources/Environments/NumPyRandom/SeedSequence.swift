/// Spreads a seed over the state of a generator, word for word as `numpy.random.SeedSequence(entropy)` does.
///
/// The algorithm is M. E. O'Neill's `seed_seq_fe128` ("Developing a seed_seq Alternative", 2015) with the constants of
/// NumPy's `_seed_sequence`.
public struct SeedSequence: Sendable, Equatable {
    private var pool: SIMD4<UInt32>

    /// - Parameter seed: Any non-negative integer below 2^64, as `np.random.default_rng(seed)` takes it.
    public init(_ seed: UInt64) {
        let high = UInt32(truncatingIfNeeded: seed >> 32)
        self.init(words: high == 0 ? [UInt32(truncatingIfNeeded: seed)] : [UInt32(truncatingIfNeeded: seed), high])
    }

    /// - Parameter words: The entropy in words of 32 bits, least significant first; as many as there are. NumPy cuts
    ///   the leading zeros of an integer, and takes `[0]` for zero.
    public init(words: [UInt32]) {
        var hash = Hash(constant: 0x43b0_d7e5, multiplier: 0x931e_8875)
        pool = .zero
        for place in 0..<4 { pool[place] = hash(place < words.count ? words[place] : 0) }
        for source in 0..<4 {
            for place in 0..<4 where place != source { pool[place] = Self.mix(pool[place], hash(pool[source])) }
        }
        for word in words.dropFirst(4) {
            for place in 0..<4 { pool[place] = Self.mix(pool[place], hash(word)) }
        }
    }

    /// `generate_state(count, np.uint32)`.
    public func words(_ count: Int) -> [UInt32] {
        var hash = Hash(constant: 0x8b51_f9dd, multiplier: 0x58f3_8ded)
        return (0..<max(0, count)).map { hash(pool[$0 & 3]) }
    }

    /// `generate_state(4, np.uint64)`, which is what seeds a PCG64.
    func fourLongWords() -> (UInt64, UInt64, UInt64, UInt64) {
        var hash = Hash(constant: 0x8b51_f9dd, multiplier: 0x58f3_8ded)
        let first = SIMD4<UInt32>(hash(pool[0]), hash(pool[1]), hash(pool[2]), hash(pool[3]))
        let second = SIMD4<UInt32>(hash(pool[0]), hash(pool[1]), hash(pool[2]), hash(pool[3]))
        func join(_ low: UInt32, _ high: UInt32) -> UInt64 { UInt64(low) | UInt64(high) << 32 }
        return (
            join(first[0], first[1]), join(first[2], first[3]), join(second[0], second[1]), join(second[2], second[3])
        )
    }

    private static func mix(_ one: UInt32, _ other: UInt32) -> UInt32 {
        let result = 0xca01_f9dd &* one &- 0x4973_f715 &* other
        return result ^ result >> 16
    }

    private struct Hash {
        var constant: UInt32
        let multiplier: UInt32

        mutating func callAsFunction(_ value: UInt32) -> UInt32 {
            var value = value ^ constant
            constant &*= multiplier
            value &*= constant
            return value ^ value >> 16
        }
    }
}
