import Reactor

/// Lets so many go on at the same time; others wait in the order they came.
@Reactor
final class Slots {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    nonisolated init(_ count: Int) { free = count }

    func take() async {
        await withCheckedContinuation { continuation in
            guard free > 0 else { return waiting.append(continuation) }
            free -= 1
            continuation.resume()
        }
    }

    /// Hands the slot to the next.
    func giveBack() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
