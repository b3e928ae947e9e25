import Foundations
import JSON
import VectorEnvironments

/// The seed and the options of a reset, looked through.
///
/// The options of a vector session may hold `reset_mask` (for each row whether it is reset) and `seeds` (for each row a
/// seed, or null to go on with its random numbers); all others are numbers of the environment.
struct ResetRequest {
    private let seeds: Seeds
    private let mask: [UInt8]?
    private let options: ResetOptions

    /// - Parameter rows: Nil where the session is one environment.
    /// - Throws: `invalid_argument`.
    init(seed: Int64?, _ given: JSONObject, rows: Int?) throws(Failure) {
        var seeds = seed.map { Seeds.from(UInt64(bitPattern: $0)) } ?? .none
        var mask: [UInt8]?
        var options = ResetOptions()
        for (name, value) in given {
            switch (name, rows) {
            case ("reset_mask", let rows?): mask = try Self.mask(value, rows)
            case ("seeds", let rows?): seeds = try Self.seeds(value, rows)
            default:
                guard let number = value.double, number.isFinite else {
                    throw Failure(
                        .invalidArgument,
                        "the reset option \(name.prefix(100)) is \(value.kindDescription), not a number")
                }
                options[name] = number
            }
        }
        (self.seeds, self.mask, self.options) = (seeds, mask, options)
    }

    func run(on environment: VectorEnvironment, into buffers: RowBuffers) throws(Failure) {
        guard let mask else { return try environment.reset(seeds: seeds, options: options, into: buffers.outputs) }
        try mask.withUnsafeBufferPointer { (mask) throws(Failure) in
            try environment.reset(seeds: seeds, mask: mask.baseAddress, options: options, into: buffers.outputs)
        }
    }

    private static func mask(_ value: JSONValue, _ rows: Int) throws(Failure) -> [UInt8] {
        let flags = value.array?.compactMap(\.bool) ?? []
        guard flags.count == rows, value.array?.count == rows, flags.contains(true) else {
            throw Failure(
                .invalidArgument, "reset_mask is not one true or false for each of \(rows) rows, with at least one true"
            )
        }
        return flags.map { $0 ? 1 : 0 }
    }

    private static func seeds(_ value: JSONValue, _ rows: Int) throws(Failure) -> Seeds {
        guard let array = value.array, array.count == rows else {
            throw Failure(.invalidArgument, "seeds is not one whole number or null for each of \(rows) rows")
        }
        return .each(
            try array.map { (seed) throws(Failure) in
                if seed.isNull { return nil }
                guard let seed = seed.integer, seed >= 0 else {
                    throw Failure(.invalidArgument, "a seed is a whole number from 0, or null")
                }
                return UInt64(seed)
            })
    }
}
