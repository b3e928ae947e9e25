import Foundations
import NumPyRandom
import VectorEnvironments

/// The end of every record: the generator as NumPy's `bit_generator.state` has it, and the steps of the episode.
enum RowRecord {
    /// `rng_state` and `rng_inc` are 128 bits each, low half first.
    static let fields = [
        ArrayField("rng_state", .uint64, [2]), ArrayField("rng_inc", .uint64, [2]),
        ArrayField("rng_has_uint32", .uint32), ArrayField("rng_uinteger", .uint32), ArrayField("elapsed_steps", .int64),
    ]

    static func write(_ random: PCG64, steps: Int64, to record: inout RecordWriter) {
        for half in [random.state, random.increment] {
            record.put(UInt64(truncatingIfNeeded: half))
            record.put(UInt64(truncatingIfNeeded: half >> 64))
        }
        record.put(random.hasHalf ? 1 : 0 as UInt32)
        record.put(random.half)
        record.put(steps)
    }

    static func read(_ record: inout RecordReader) throws(Failure) -> (PCG64, Int64) {
        func whole() -> UInt128 {
            let low = record.take(UInt64.self)
            return UInt128(record.take(UInt64.self)) << 64 | UInt128(low)
        }
        let state = whole()
        let increment = whole()
        guard increment & 1 == 1 else {
            throw Failure(
                .invalidArgument, "a record of a row has an even rng_inc, which no generator can have",
                next: "give a record that was read from the same environment")
        }
        let hasHalf = try record.take("rng_has_uint32", in: 0..<2 as Range<UInt32>) == 1
        let half = record.take(UInt32.self)
        let steps = try record.take("elapsed_steps", in: 0..<Int64.max)
        return (PCG64(state: state, increment: increment, hasHalf: hasHalf, half: half), steps)
    }
}
