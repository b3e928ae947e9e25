/// A timer of the reactor; dropping it does not cancel it.
@Reactor
public final class Timer {
    fileprivate let instant: ContinuousClock.Instant
    fileprivate var action: (@Reactor () -> Void)?

    fileprivate nonisolated init(at instant: ContinuousClock.Instant, _ action: @escaping @Reactor () -> Void) {
        self.instant = instant
        self.action = action
    }

    public func cancel() { action = nil }
}

/// A binary heap of timers, soonest first; cancelled ones are dropped when they come up.
struct TimerHeap {
    private var entries: [(instant: ContinuousClock.Instant, timer: Timer)] = []

    mutating func add(at instant: ContinuousClock.Instant, _ action: @escaping @Reactor () -> Void) -> Timer {
        let timer = Timer(at: instant, action)
        entries.append((instant, timer))
        var child = entries.count - 1
        while child > 0, entries[child].instant < entries[(child - 1) / 2].instant {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
        return timer
    }

    /// The time to wait for events: -1 without timers, rounded up so that a timer is due when it is looked at.
    func millisecondsToNext(from now: ContinuousClock.Instant) -> CInt {
        guard let next = entries.first else { return -1 }
        let wait = (next.instant - now).components
        guard wait.seconds >= 0, wait.attoseconds >= 0 else { return 0 }
        let seconds = min(wait.seconds, 1_000_000)
        return CInt(seconds * 1000 + wait.attoseconds / 1_000_000_000_000_000 + 1)
    }

    /// Takes out the timers that are due; they are fired by the caller, because what they do may add timers.
    mutating func takeDue(at now: ContinuousClock.Instant) -> [Timer] {
        var due: [Timer] = []
        while let first = entries.first, first.instant <= now {
            due.append(first.timer)
            removeFirst()
        }
        return due
    }

    private mutating func removeFirst() {
        entries.swapAt(0, entries.count - 1)
        entries.removeLast()
        var parent = 0
        while true {
            let left = 2 * parent + 1
            let right = left + 1
            var smallest = parent
            if left < entries.count, entries[left].instant < entries[smallest].instant { smallest = left }
            if right < entries.count, entries[right].instant < entries[smallest].instant { smallest = right }
            if smallest == parent { return }
            entries.swapAt(parent, smallest)
            parent = smallest
        }
    }
}

extension Timer {
    func fire() {
        let action = action
        self.action = nil
        action?()
    }
}
