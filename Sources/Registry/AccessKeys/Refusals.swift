import Foundations
import JSON
import Logging
import Sessions

/// Refusals on their way into the audit log: the first hundred at once, then one in ten seconds, which tells how many
/// were left out. A flood of them costs 4 MB a day, and holds nobody up.
final class Refusals: Sendable {
    private struct State {
        var bucket: TokenBucket
        var missed: Int64 = 0
        /// Written now; more than a few at a time are left out.
        var writing = 0
    }

    private let store: (any AccessStore)?
    private let state: Guarded<State>
    private let logger: Logger

    init(
        store: (any AccessStore)?, logger: Logger, rate: RateLimit = RateLimit(unchecked: 0.1, burst: 100)
    ) {
        self.store = store
        self.logger = logger
        state = Guarded(State(bucket: TokenBucket(rate, at: .now)))
    }

    func note(_ action: String, _ object: String, _ failure: Failure, by actor: AuditActor) {
        guard let store else { return }
        let missed: Int64? = state.withLock { state in
            guard state.writing < 100, state.bucket.take(at: .now) == nil else {
                state.missed += 1
                return nil
            }
            defer { state.missed = 0 }
            state.writing += 1
            return state.missed
        }
        guard let missed else { return }
        let time = Timestamp.now
        var details: JSONObject = ["message": .string(String(failure.message.prefix(300)))]
        if missed > 0 { details["left_out_before"] = .integer(missed) }
        let act = AuditAct(action, String(object.prefix(300)), .refused, details: details)
        Task {
            do throws(Failure) { _ = try await store.append(act, by: actor, at: time) } catch {
                logger.log(.error, "a refusal is missing in the audit log", failure: error)
            }
            self.state.withLock { $0.writing -= 1 }
        }
    }
}
