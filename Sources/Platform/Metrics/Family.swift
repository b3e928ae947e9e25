import Foundations

/// The instruments of one metric, one for each combination of label values.
///
/// A family keeps at most `limit` combinations; what comes after is counted together under the value `other` of every
/// label, so that no peer can fill the memory with names.
public final class Family<Instrument: Sendable>: Sendable {
    let name: String
    let help: String
    let labels: [String]
    private let limit: Int
    private let make: @Sendable () -> Instrument
    private let instruments = Guarded<[[String]: Instrument]>([:])

    init(name: String, help: String, labels: [String], limit: Int, make: @escaping @Sendable () -> Instrument) {
        self.name = name
        self.help = help
        self.labels = labels
        self.limit = limit
        self.make = make
    }

    /// The instrument for these label values, in the order of the labels' declaration. Callers on a hot path keep it.
    public subscript(values: String...) -> Instrument { instrument(values) }

    public func instrument(_ values: [String]) -> Instrument {
        precondition(values.count == labels.count, "\(name) has \(labels.count) labels")
        return instruments.withLock { instruments in
            if let known = instruments[values] { return known }
            let key = instruments.count < limit ? values : labels.map { _ in "other" }
            if let known = instruments[key] { return known }
            let made = make()
            instruments[key] = made
            return made
        }
    }

    /// Forgets the instrument for these label values, such as those of an environment that was removed.
    public func remove(_ values: [String]) { instruments.withLock { $0[values] = nil } }

    /// Every instrument with its label values, sorted.
    var all: [(values: [String], instrument: Instrument)] {
        instruments.withLock { Array($0) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { (values: $0.key, instrument: $0.value) }
    }
}
