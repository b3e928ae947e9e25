import Foundations

/// The metrics of one server, in the order of their declaration.
public final class MetricsRegistry: Sendable {
    private struct State {
        var names: Set<String> = []
        var writers: [@Sendable (inout Exposition) -> Void] = []
    }

    /// The media type of what `render` gives.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Upper bounds in seconds for spans from a step (tens of microseconds) to a start (a minute).
    public static let seconds: [Double] = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]

    private let state = Guarded(State())

    public init() {}

    public func counter(_ name: String, _ help: String) -> Counter {
        counters(name, help, labels: []).instrument([])
    }

    /// - Parameter limit: The number of label combinations that are kept apart.
    public func counters(_ name: String, _ help: String, labels: [String], limit: Int = 1000) -> Family<Counter> {
        let family = Family(name: name, help: help, labels: labels, limit: limit) { Counter() }
        add(family) { family, exposition in
            exposition.header(family.name, family.help, type: "counter")
            for (values, counter) in family.all { exposition.sample(name, family.labels, values, counter.value) }
        }
        return family
    }

    public func gauge(_ name: String, _ help: String) -> Gauge { gauges(name, help, labels: []).instrument([]) }

    public func gauges(_ name: String, _ help: String, labels: [String], limit: Int = 1000) -> Family<Gauge> {
        let family = Family(name: name, help: help, labels: labels, limit: limit) { Gauge() }
        add(family) { family, exposition in
            exposition.header(family.name, family.help, type: "gauge")
            for (values, gauge) in family.all { exposition.sample(name, family.labels, values, gauge.value) }
        }
        return family
    }

    /// A gauge that is read when somebody looks, such as the number of open sessions.
    ///
    /// - Parameter read: Called by `render`, on any thread.
    public func gauge(_ name: String, _ help: String, read: @escaping @Sendable () -> Double) {
        add(name, labels: []) { exposition in
            exposition.header(name, help, type: "gauge")
            exposition.sample(name, [], [], read())
        }
    }

    /// A counter that something else keeps, such as the processor seconds that the kernel counts.
    ///
    /// - Parameter read: Called by `render`, on any thread; must never shrink.
    public func counter(_ name: String, _ help: String, read: @escaping @Sendable () -> Double) {
        add(name, labels: []) { exposition in
            exposition.header(name, help, type: "counter")
            exposition.sample(name, [], [], read())
        }
    }

    /// - Parameter bounds: Upper bounds of the buckets, growing, without infinity.
    public func histogram(_ name: String, _ help: String, bounds: [Double] = seconds) -> Histogram {
        histograms(name, help, labels: [], bounds: bounds).instrument([])
    }

    public func histograms(
        _ name: String, _ help: String, labels: [String], bounds: [Double] = seconds, limit: Int = 1000
    ) -> Family<Histogram> {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "the bounds of \(name) do not grow")
        precondition(bounds.allSatisfy(\.isFinite) && !labels.contains("le"), "\(name) declares what is made for it")
        let family = Family(name: name, help: help, labels: labels, limit: limit) { Histogram(bounds: bounds) }
        add(family) { family, exposition in
            exposition.header(family.name, family.help, type: "histogram")
            for (values, histogram) in family.all { exposition.histogram(name, family.labels, values, histogram) }
        }
        return family
    }

    /// The text exposition format 0.0.4 of Prometheus.
    public func render() -> String {
        var exposition = Exposition()
        for write in state.withLock({ $0.writers }) { write(&exposition) }
        return exposition.text
    }

    private func add<Instrument>(
        _ family: Family<Instrument>, write: @escaping @Sendable (Family<Instrument>, inout Exposition) -> Void
    ) {
        add(family.name, labels: family.labels) { write(family, &$0) }
    }

    private func add(_ name: String, labels: [String], write: @escaping @Sendable (inout Exposition) -> Void) {
        precondition(Exposition.isName(name), "`\(name)` is no name of a metric")
        precondition(labels.allSatisfy(Exposition.isLabel), "a label of \(name) is no name of a label")
        state.withLock {
            precondition($0.names.insert(name).inserted, "\(name) is declared twice")
            $0.writers.append(write)
        }
    }
}
