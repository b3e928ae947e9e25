import Reactor

/// A place where tasks wait until the test lets them go on.
@Reactor
public final class Gate {
    private var isOpen: Bool
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

    public init(open: Bool = false) { isOpen = open }

    /// How many wait here now.
    public var count: Int { waiting.count }

    public func pass() async {
        // Looked at inside, because other jobs may run on the way into a continuation.
        await withCheckedContinuation { continuation in
            if isOpen { return continuation.resume() }
            waiting.append(continuation)
            let reached = watchers.filter { $0.count <= waiting.count }
            watchers.removeAll { $0.count <= waiting.count }
            for watcher in reached { watcher.continuation.resume() }
        }
    }

    /// Returns when so many wait here.
    public func reached(_ count: Int = 1) async {
        await withCheckedContinuation {
            if waiting.count >= count { $0.resume() } else { watchers.append((count, $0)) }
        }
    }

    /// Lets the first that waits go on.
    public func letOne() {
        if !waiting.isEmpty { waiting.removeFirst().resume() }
    }

    /// Lets all go on, now and later.
    public func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }

    public func shut() { isOpen = false }
}
