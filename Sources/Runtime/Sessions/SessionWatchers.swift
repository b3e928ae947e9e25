import Foundations
import Reactor

/// What those who look on at a session are told.
public enum SessionNews: Sendable {
    /// A reset or step was accepted.
    case answer(CallAnswer)
    /// Somebody who may had the environment drawn, or it was drawn for those who look on.
    case frame(Frame)
    /// The last news.
    case ended(SessionSummary)
}

/// Those who look on at one session.
@Reactor
final class SessionWatchers {
    private var tellings: [Int: @Reactor (SessionNews) -> Void] = [:]
    private var wanting: Set<Int> = []
    private var last = 0
    var pace = FramePace()
    /// The frame that is being drawn for them; calls of the session wait for it.
    var drawing: Promise<Void>?

    /// Whether somebody wants frames that nobody else has drawn.
    var wantFrames: Bool { !wanting.isEmpty }

    func add(_ tell: @escaping @Reactor (SessionNews) -> Void, wantsFrames: Bool) -> Int {
        last += 1
        tellings[last] = tell
        if wantsFrames { wanting.insert(last) }
        return last
    }

    func remove(_ number: Int) {
        tellings[number] = nil
        wanting.remove(number)
    }

    func tell(_ news: SessionNews) { for tell in tellings.values { tell(news) } }
}

/// One look at a session, until it is cancelled.
@Reactor
public final class SessionWatch {
    private weak var watchers: SessionWatchers?
    private let number: Int

    init(_ watchers: SessionWatchers, _ number: Int) {
        self.watchers = watchers
        self.number = number
    }

    public func cancel() { watchers?.remove(number) }
}

extension SessionService {
    /// Tells of everything that happens to a session from now on, as it happens. Watching does not keep it alive.
    ///
    /// - Parameters:
    ///   - frames: Has the environment drawn behind calls, at most ten times a second, whether somebody else does or not.
    ///   - tell: Must not block, and keeps nothing of what it is told for long.
    public func watch(
        _ id: UniqueID, frames: Bool = false, caller: Caller, _ tell: @escaping @Reactor (SessionNews) -> Void
    ) throws(Failure) -> SessionWatch {
        let session = try session(id, caller, .watcher)
        try session.state.refuseIfOver()
        let watchers = session.watchers ?? SessionWatchers()
        session.watchers = watchers
        let watch = SessionWatch(watchers, watchers.add(tell, wantsFrames: frames))
        if frames, session.state.index >= 0 { session.drawForWatchers() }
        return watch
    }
}
