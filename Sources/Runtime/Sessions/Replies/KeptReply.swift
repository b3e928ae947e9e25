import Foundations
import Reactor

/// One answer that may be asked for again, in memory or in a file.
@Reactor
final class KeptReply {
    private enum Place {
        case memory(CallAnswer)
        case file(AnswerFile)
        case gone
    }

    /// Bytes that it takes in memory.
    let size: Int
    private var place: Place
    private let store: ReplyStore
    private var holders = 1
    /// Reading keeps the file until it is over.
    private var readers = 0
    private var isMoving = false
    private var waiters: [Wait<Void>] = []

    /// Of what an answer is beside its bytes.
    private static let overhead = 256

    init(_ answer: CallAnswer, in store: ReplyStore) {
        size = answer.byteCount + Self.overhead
        place = .memory(answer)
        self.store = store
    }

    /// Whether somebody needs it.
    var isHeld: Bool { holders > 0 }

    var isInMemory: Bool { if case .memory = place { true } else { false } }

    /// Whether nobody needs it and no file of it is left.
    private(set) var isGone = false

    func untilGone() async {
        if isGone { return }
        let wait = Wait<Void>()
        waiters.append(wait)
        await wait.value()
    }

    /// Another one needs it too.
    func hold() { holders += 1 }

    /// When the last one has let go of it, it goes; its file soon after, if it has one.
    func letGo() {
        holders -= 1
        guard holders == 0 else { return }
        if case .memory = place {
            place = .gone
            store.left(size)
        }
        leaveIfUnused()
    }

    /// - Throws: `internal` where its file cannot be read back.
    func answer() async throws(Failure) -> CallAnswer {
        switch place {
        case .memory(let answer): return answer
        case .gone: throw Failure(.internal, "the answer is gone")
        case .file(let file):
            readers += 1
            defer {
                readers -= 1
                leaveIfUnused()
            }
            return try await offload { () throws(Failure) in try file.read() }
        }
    }

    /// - Returns: Whether it is in a file now, or gone; else it stays in memory.
    func move(to path: String) async -> Bool {
        guard case .memory(let answer) = place else { return true }
        isMoving = true
        let file = await offload { AnswerFile(writing: answer, to: path) }
        isMoving = false
        if let file {
            if holders > 0 { store.left(size) }
            place = .file(file)
        }
        leaveIfUnused()
        return file != nil
    }

    private func leaveIfUnused() {
        guard holders == 0, readers == 0, !isMoving, !isGone else { return }
        guard case .file(let file) = place else { return left() }
        place = .gone
        Task {
            await offload { file.remove() }
            left()
        }
    }

    private func left() {
        isGone = true
        for waiter in waiters { waiter.settle() }
        waiters = []
    }
}
