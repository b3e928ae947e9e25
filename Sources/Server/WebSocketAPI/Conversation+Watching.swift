import Foundations
import JSON
import REST
import Reactor
import Sessions

extension Conversation {
    /// Sessions that one connection may watch.
    private nonisolated static let watchLimit = 1024

    func watch(_ request: SocketRequest) throws(Failure) -> SocketAnswer {
        let session = try request.session()
        let summary = try service.summary(session, caller: caller)
        guard watches[session] != nil || watches.count < Self.watchLimit else {
            throw Failure(
                .resourceExhausted, "this connection watches \(Self.watchLimit) sessions already",
                next: "watch more of them over another connection")
        }
        watches[session]?.cancel()
        let look = Look(session: session, isBinary: request.isBinary)
        let frames = try request.body.bool("frames", default: false)
        watches[session] = try service.watch(session, frames: frames, caller: caller) { [weak self] in
            self?.tell($0, look)
        }
        return SocketAnswer(summary.json(address: address))
    }

    /// What a watcher was told so far; a slow one misses events, which the next one counts.
    @Reactor
    final class Look {
        let session: UniqueID
        let isBinary: Bool
        var missed = 0

        init(session: UniqueID, isBinary: Bool) {
            self.session = session
            self.isBinary = isBinary
        }
    }

    private func tell(_ news: SessionNews, _ look: Look) {
        guard !caller.isOver else { return connection.close(1008, "the key counts no more") }
        switch news {
        case .answer(let answer):
            guard !isBehind(look) else { return }
            do throws(Failure) {
                send(
                    "answer", look.isBinary ? SocketAnswer(try answer.split()) : SocketAnswer(json: try answer.json()),
                    look)
            } catch { look.missed += 1 }
        case .frame(let frame):
            guard !isBehind(look) else { return }
            Task {
                do throws(Failure) {
                    send("frame", try await Self.answer(frame, isBinary: look.isBinary), look)
                } catch { look.missed += 1 }
            }
        case .ended(let summary):
            watches[look.session] = nil
            send("ended", SocketAnswer(summary.json(address: address)), look)
        }
    }

    private func isBehind(_ look: Look) -> Bool {
        guard connection.isBehind else { return false }
        look.missed += 1
        return true
    }

    private func send(_ event: String, _ content: SocketAnswer, _ look: Look) {
        let missed = look.missed > 0 ? #""missed":\#(look.missed),"# : ""
        look.missed = 0
        let head = #"{"event":"\#(event)","session":"\#(look.session)",\#(missed)"data":"#
        guard let message = try? content.message(head: Array(head.utf8), member: "data", isBinary: look.isBinary) else {
            look.missed += 1
            return
        }
        connection.send(message, isText: !look.isBinary)
    }
}
