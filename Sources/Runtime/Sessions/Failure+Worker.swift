import Foundations
import Workers

extension Failure {
    /// The worker's own codes in the server's words.
    init(worker error: WorkerError) {
        switch error.code {
        case "invalid_action":
            self.init(.invalidAction, error.message, next: "send an action of the session's action_space")
        case "episode_over":
            self.init(.episodeOver, "the episode is over", next: "reset the session before the next step")
        case "not_reset", "not_initialized":
            self.init(.notReset, "the environment was not reset", next: "reset the session before the first step")
        case "unsupported":
            self.init(.unimplemented, error.message, next: "the environment cannot do this; see its manifest")
        case "interrupted":
            self.init(.interrupted, "the step was interrupted", next: "reset the session: the step may be half applied")
        case "bad_request":
            self.init(.invalidArgument, error.message)
        default:
            self.init(
                .environmentError, "the environment failed: \(error.message)",
                next: "read the session's logs; reset it to go on",
                details: error.reason.map { ["worker_message": $0] } ?? [:])
        }
    }

    var asTimeout: Failure {
        Failure(.deadlineExceeded, message, next: next, details: details)
    }
}
