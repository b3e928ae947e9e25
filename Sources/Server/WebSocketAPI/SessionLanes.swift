import Foundations
import Reactor

/// Lets the requests of one session have their turns in the order they came, those of different sessions at once.
@Reactor
final class SessionLanes {
    /// Those that wait, for every session that has its turn taken.
    private var waiting: [UniqueID: [CheckedContinuation<Void, Never>]] = [:]

    func enter(_ session: UniqueID) async {
        if waiting[session] == nil {
            waiting[session] = []
            return
        }
        await withCheckedContinuation { continuation in
            if waiting[session] == nil {
                waiting[session] = []
                continuation.resume()
            } else {
                waiting[session]?.append(continuation)
            }
        }
    }

    /// Hands the turn to the next.
    func leave(_ session: UniqueID) {
        guard let first = waiting[session]?.first else {
            waiting[session] = nil
            return
        }
        waiting[session]?.removeFirst()
        first.resume()
    }
}
