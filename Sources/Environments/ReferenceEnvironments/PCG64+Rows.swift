import NumPyRandom
import VectorEnvironments

/// Named as in NumPy's `bit_generator.state`; the numbers of 128 bits have their low half first.
extension PCG64: RowGenerator {
    public static var fields: [ArrayField] {
        [
            ArrayField("rng_state", .uint64, [2]), ArrayField("rng_inc", .uint64, [2]),
            ArrayField("rng_has_uint32", .uint32), ArrayField("rng_uinteger", .uint32),
        ]
    }

    public var isValid: Bool { isSound }
}
