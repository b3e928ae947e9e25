import Synchronization

/// When the peer of one connection must have sent or read what it is about to. The socket thread moves it; the
/// watchdog takes an expired one, once.
struct Deadline: ~Copyable {
    private static let none = Int64.max
    private static let taken = Int64.min

    /// Nanoseconds of the monotonic clock.
    private let end = Atomic<Int64>(Self.none)

    /// False where the watchdog was faster: the connection is being cut.
    func move(to time: Int64?) -> Bool {
        let new = time ?? Self.none
        var old = end.load(ordering: .relaxed)
        while old != Self.taken {
            let (exchanged, original) = end.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return true }
            old = original
        }
        return false
    }

    /// True, once, if the deadline has passed.
    func take(at now: Int64) -> Bool {
        let old = end.load(ordering: .relaxed)
        guard old != Self.taken, old < now else { return false }
        return end.compareExchange(expected: old, desired: Self.taken, ordering: .relaxed).exchanged
    }
}
