import Foundations

/// One way in which an environment can be computed.
public enum Simulator: String, Sendable, CaseIterable {
    /// Eight rows at once in `float32`, random numbers of its own: the fast path.
    case simd
    /// One row at a time in `float64`, arithmetic and random numbers as in Gymnasium and NumPy.
    case reference

    /// - Throws: `invalidArgument` for a name that is none.
    public init(named name: String) throws(Failure) {
        guard let simulator = Simulator(rawValue: name) else {
            let known = Simulator.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            throw Failure(.invalidArgument, "Unsupported simulation backend: \(name).", next: "there are \(known)")
        }
        self = simulator
    }
}
