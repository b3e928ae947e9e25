import Foundations
import VectorEnvironments

/// The reset options `low` and `high` of Gymnasium's classic control: the range that start values are drawn from.
struct ResetBounds {
    let low: Double
    let high: Double

    func check(_ options: ResetOptions) throws(Failure) {
        try options.check(known: ["low", "high"])
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

extension ResetOptions {
    /// - Throws: `invalidArgument` for another name, or a value that is no finite number.
    func check(known names: [String]) throws(Failure) {
        for (name, value) in sorted(by: { $0.key < $1.key }) {
            guard names.contains(name) else {
                throw Failure(
                    .invalidArgument, "this environment has no reset option \(name)",
                    next: "it has \(names.joined(separator: " and "))")
            }
            guard value.isFinite else {
                throw Failure(.invalidArgument, "the reset option \(name) is \(value), which is no finite number")
            }
        }
    }
}
