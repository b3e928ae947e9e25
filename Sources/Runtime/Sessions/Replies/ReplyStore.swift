import Foundations
import Logging
import Reactor

/// The last answers of all sessions, kept for retries: in memory up to a total, beyond it the oldest in files.
@Reactor
public final class ReplyStore {
    private let limit: Int
    private let folder: String
    private let logger: Logger
    /// Bytes of the answers in memory.
    private(set) var used = 0
    /// Answers that can be moved to files, oldest first; those that are gone are left out when they come up.
    private var queue: [KeptReply] = []
    private var cleanUpAt = 64
    private var isMoving = false
    private var lastFile = 0
    private var lastFailure: ContinuousClock.Instant?

    /// Smaller answers stay in memory, where they need little more than their file would.
    static let smallest = 4096
    /// After a file could not be written.
    private static let pause = Duration.seconds(30)

    /// - Parameters:
    ///   - limit: Bytes in memory.
    ///   - folder: For the files; it must be there when the limit is passed.
    public nonisolated init(limit: Int, folder: String, logger: Logger) {
        self.limit = limit
        self.folder = folder
        self.logger = logger
    }

    func keep(_ answer: CallAnswer) -> KeptReply {
        let reply = KeptReply(answer, in: self)
        used += reply.size
        if reply.size >= Self.smallest {
            if queue.count >= cleanUpAt && !isMoving { cleanUp() }
            queue.append(reply)
        }
        if used > limit { moveSome() }
        return reply
    }

    func left(_ bytes: Int) { used -= bytes }

    private func moveSome() {
        guard !isMoving, lastFailure.map({ $0 + Self.pause <= .now }) ?? true else { return }
        isMoving = true
        Task {
            var next = 0
            while used > limit, next < queue.count {
                let reply = queue[next]
                next += 1
                guard reply.isInMemory else { continue }
                lastFile += 1
                guard await reply.move(to: "\(folder)/\(lastFile)") else {
                    lastFailure = .now
                    logger.warning("an answer cannot be kept in a file", ["folder": .string(folder)])
                    break
                }
            }
            cleanUp()
            isMoving = false
        }
    }

    /// Sessions replace their answers, so that most of a long queue are gone.
    private func cleanUp() {
        queue.removeAll { !$0.isInMemory }
        cleanUpAt = max(64, 2 * queue.count)
    }
}
