import Foundations
import Reactor

extension SessionService {
    /// The answer to the last accepted reset or step, and nothing is done; nil where there was none.
    ///
    /// - Throws: what that call failed with, where it counted and failed.
    public func lastAnswer(_ id: UniqueID, caller: Caller) async throws(Failure) -> CallAnswer? {
        let session = try session(id, caller, .watcher)
        try session.state.refuseIfOver()
        return try await session.replies.last()
    }
}
