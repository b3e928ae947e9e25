import Foundations
import Reactor

/// What one session can be asked for again: the answer to its last call, and the first of all.
@Reactor
final class SessionReplies {
    private let store: ReplyStore
    private var firstReply: KeptReply?
    private var lastReply: Result<KeptReply, Failure>?
    /// Those that were let go and may still have a file.
    private var leaving: [KeptReply] = []

    init(in store: ReplyStore) { self.store = store }

    var hasFirst: Bool { firstReply != nil }

    /// - Parameter asFirst: Whether it is to stay beyond the next call.
    func keep(_ answer: CallAnswer, asFirst: Bool) {
        let reply = store.keep(answer)
        if asFirst {
            reply.hold()
            firstReply = reply
        }
        replaceLast(.success(reply))
    }

    /// A branch gives the same answer again as the session that it was forked from.
    func adoptLast(of other: SessionReplies) {
        guard let last = other.lastReply else { return }
        if case .success(let reply) = last { reply.hold() }
        replaceLast(last)
    }

    /// The last answer stays beyond the next call.
    func keepLastAsFirst() {
        guard case .success(let reply)? = lastReply, firstReply == nil else { return }
        reply.hold()
        firstReply = reply
    }

    /// The last call counted and failed.
    func keep(_ failure: Failure) { replaceLast(.failure(failure)) }

    /// Nil where there is none.
    ///
    /// - Throws: the failure that the last call ended with; `internal` where the answer cannot be read back.
    func last() async throws(Failure) -> CallAnswer? { try await lastReply?.get().answer() }

    func first() async throws(Failure) -> CallAnswer? { try await firstReply?.answer() }

    /// Nobody asks any more.
    func forget() {
        if let firstReply { leave(firstReply) }
        firstReply = nil
        replaceLast(nil)
    }

    /// After `forget`: returns when no file is left.
    func untilGone() async {
        for reply in leaving { await reply.untilGone() }
        leaving = []
    }

    private func replaceLast(_ reply: Result<KeptReply, Failure>?) {
        let old = lastReply
        lastReply = reply
        if case .success(let reply)? = old { leave(reply) }
    }

    /// The last one that holds a reply waits for its file.
    private func leave(_ reply: KeptReply) {
        reply.letGo()
        leaving.removeAll(where: \.isGone)
        // What another session holds is for that one to see off.
        if !reply.isGone && !reply.isHeld { leaving.append(reply) }
    }
}
