import Foundations
import VectorEnvironments

/// The reset options `low` and `high` of Gymnasium's classic control: the range that start values are drawn from.
struct ResetBounds {
    let low: Double
    let high: Double

    static let options = ["low": widest, "high": widest]
    /// From here the equations stay within the numbers; Gymnasium has no limit.
    static let widest = -1e6...1e6

    func check(_ options: ResetOptions) throws(Failure) {
        let given = replaced(by: options)
        guard given.low <= given.high else {
            throw Failure(
                .invalidArgument, "the reset option low \(given.low) is above high \(given.high)",
                next: "give low <= high; unset, they are \(low) and \(high)")
        }
    }

    func replaced(by options: ResetOptions) -> ResetBounds {
        options.isEmpty ? self : ResetBounds(low: options["low"] ?? low, high: options["high"] ?? high)
    }
}
