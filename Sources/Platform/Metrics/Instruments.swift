import Foundations
import Synchronization

/// A number that only grows.
public final class Counter: Sendable {
    private let sum = AtomicSum()

    init() {}

    /// Adds an amount; negative ones and NaN are ignored, because a counter never shrinks.
    public func increment(by amount: Double = 1) {
        guard amount > 0 else { return }
        sum.add(amount)
    }

    public var value: Double { sum.value }
}

/// A number that goes up and down.
public final class Gauge: Sendable {
    private let sum = AtomicSum()

    init() {}

    public func set(_ value: Double) { sum.set(value) }
    public func add(_ amount: Double) { sum.add(amount) }
    public var value: Double { sum.value }
}

/// Observations counted by size.
public final class Histogram: Sendable {
    struct State {
        /// One place for each bound and a last one for what is above them all; not cumulative.
        var counts: [UInt64]
        var sum = 0.0
    }

    /// Upper bounds, included, growing; without the infinity that ends every histogram.
    let bounds: [Double]
    private let state: Guarded<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Guarded(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// Counts one observation; NaN is ignored.
    public func observe(_ value: Double) {
        guard !value.isNaN else { return }
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock {
            $0.counts[index] += 1
            $0.sum += value
        }
    }

    /// Counts a span of time in seconds.
    public func observe(_ duration: Duration) {
        let parts = duration.components
        observe(Double(parts.seconds) + Double(parts.attoseconds) * 1e-18)
    }

    var snapshot: State { state.withLock { $0 } }
}

/// A sum of doubles that threads add to without a lock.
struct AtomicSum: ~Copyable, Sendable {
    private let bits = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, original) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = original
        }
    }
}
