import Foundations
import Reactor

/// Does the work of one session in the order it came, that of different sessions at once.
@Reactor
final class SessionLanes {
    typealias Work = @Reactor () async -> Void

    private var waiting: [UniqueID: [Work]] = [:]

    func add(_ session: UniqueID, _ work: @escaping Work) {
        if waiting[session] != nil {
            waiting[session]?.append(work)
            return
        }
        waiting[session] = []
        Task.immediate {
            await work()
            while let next = takeNext(session) { await next() }
        }
    }

    /// Forgets what has not begun.
    func drop() {
        for session in waiting.keys { waiting[session] = [] }
    }

    private func takeNext(_ session: UniqueID) -> Work? {
        guard let next = waiting[session]?.first else {
            waiting[session] = nil
            return nil
        }
        waiting[session]?.removeFirst()
        return next
    }
}
