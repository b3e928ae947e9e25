import Foundations

/// Why a session ended without being closed. Raw values are on the wire.
public enum FailureReason: String, Sendable, CaseIterable {
    case timeout
    case outOfMemory = "out_of_memory"
    case pids
    case workerExited = "worker_exited"
    case replyMalformed = "reply_malformed"
    case lineTooLong = "line_too_long"
    case cpu
    case sandbox
    case serverShutdown = "server_shutdown"
}

/// Why a session was closed in order. Raw values are on the wire.
public enum CloseReason: String, Sendable {
    case requested
    case idle
    case lifetime
    case drained
}

/// Where a session stands: which call may come next, and what a repeated one gets.
///
/// `starting → ready → running ⇄ ended → closed`, and `failed` from any. The index counts every accepted reset and
/// step from 0 and never restarts.
public struct SessionState: Sendable {
    public enum Phase: Sendable, Equatable {
        case starting
        case ready
        case running
        case ended
        case closed(CloseReason)
        case failed(FailureReason, String)

        public var name: String {
            switch self {
            case .starting: "starting"
            case .ready: "ready"
            case .running: "running"
            case .ended: "ended"
            case .closed: "closed"
            case .failed: "failed"
            }
        }

        /// Every name, in the order of a session's life.
        public static let names = ["starting", "ready", "running", "ended", "closed", "failed"]

        public var isOver: Bool {
            switch self {
            case .closed, .failed: true
            default: false
            }
        }
    }

    public enum Call: Sendable, Equatable { case reset, step }

    /// What to do with a call.
    public enum Decision: Sendable, Equatable {
        /// Execute it; it will have this index.
        case execute(index: Int)
        /// It was executed before: give the answer of then.
        case answerAgain
        /// It is being executed now: wait for that answer.
        case join
    }

    public private(set) var phase = Phase.starting
    /// The index of the last accepted call; -1 before the first.
    public private(set) var index = -1
    /// Counts resets from 0; -1 before the first.
    public private(set) var episode = -1
    public private(set) var inFlight: Call?
    /// A render is running: it has no index, but the worker does one thing at a time.
    public private(set) var isRendering = false
    /// It is being forked, and has to rest meanwhile.
    public private(set) var isForking = false
    private var lastCall: Call?

    /// Whether the worker is at something.
    public var isBusy: Bool { inFlight != nil || isRendering || isForking }

    public init() {}

    public mutating func opened() {
        if phase == .starting { phase = .ready }
    }

    /// Decides on a reset or step that carries `wanted` as its index, or none.
    ///
    /// - Throws: `busy`, `conflict`, `not_reset`, `episode_over`, `session_closed`, `session_failed`.
    public mutating func begin(_ call: Call, index wanted: Int?) throws(Failure) -> Decision {
        if let wanted, wanted == index, lastCall == call { return .answerAgain }
        try refuseIfOver()
        if let inFlight {
            if let wanted, wanted == index + 1, inFlight == call { return .join }
            throw Self.busy("another \(inFlight)")
        }
        if isRendering { throw Self.busy("a render") }
        if isForking { throw Self.busy("a fork") }
        if let wanted, wanted != index + 1 {
            throw Failure(
                .conflict,
                "index \(wanted) is neither the last accepted call (\(index)) nor the next one (\(index + 1))",
                next: "send index \(index + 1), or none", details: ["index": "\(index)"])
        }
        if call == .step { try requireRunningEpisode() }
        inFlight = call
        return .execute(index: index + 1)
    }

    /// A render begins; until `renderEnded` no call may.
    ///
    /// - Throws: `busy`, `session_closed`, `session_failed`.
    public mutating func beginRender() throws(Failure) {
        try refuseIfOver()
        if let inFlight { throw Self.busy("a \(inFlight)") }
        if isRendering { throw Self.busy("another render") }
        if isForking { throw Self.busy("a fork") }
        isRendering = true
    }

    public mutating func renderEnded() { isRendering = false }

    /// A fork begins; until `forkEnded` no call may.
    ///
    /// - Throws: `busy`, `session_closed`, `session_failed`.
    public mutating func beginFork() throws(Failure) {
        try refuseIfOver()
        if let inFlight { throw Self.busy("a \(inFlight)") }
        if isRendering { throw Self.busy("a render") }
        if isForking { throw Self.busy("another fork") }
        if phase == .starting { throw Self.busy("the start") }
        isForking = true
    }

    public mutating func forkEnded() { isForking = false }

    /// The session went back to where it was: that counts as a call, and the index goes on.
    public mutating func rewind(to past: SessionState) {
        index += 1
        (phase, episode, lastCall) = (past.phase, past.episode, nil)
    }

    /// The session was brought to where another one was.
    mutating func goOn(index: Int, episode: Int, isOver: Bool) {
        (self.index, self.episode, lastCall) = (index, episode, nil)
        if episode >= 0, !phase.isOver { phase = isOver ? .ended : .running }
    }

    /// What a branch begins with: it goes on from the same call.
    public var ofBranch: SessionState {
        var state = self
        state.isForking = false
        return state
    }

    private static func busy(_ what: String) -> Failure {
        Failure(
            .busy, "\(what) of this session is still running",
            next: "wait for its answer; a session does one thing at a time")
    }

    private func requireRunningEpisode() throws(Failure) {
        switch phase {
        case .running: return
        case .ended:
            throw Failure(.episodeOver, "the episode is over", next: "reset the session before the next step")
        default:
            throw Failure(.notReset, "the session was never reset", next: "reset it before the first step")
        }
    }

    /// - Throws: `session_closed` or `session_failed` when nothing more can be done with it.
    public func refuseIfOver() throws(Failure) {
        switch phase {
        case .closed(let reason):
            throw Failure(
                .sessionClosed, "the session is closed (\(reason.rawValue))", next: "create another session",
                details: ["reason": reason.rawValue])
        case .failed(let reason, let text):
            throw Failure(
                .sessionFailed, "the session failed (\(reason.rawValue)): \(text)",
                next: "read its logs, then create another session", details: ["reason": reason.rawValue])
        default: return
        }
    }

    /// The call in flight was executed; `over` tells whether the episode ended with it.
    public mutating func accepted(over: Bool) {
        guard let call = inFlight else { return }
        inFlight = nil
        index += 1
        lastCall = call
        if call == .reset { episode += 1 }
        if !phase.isOver { phase = over ? .ended : .running }
    }

    /// The call in flight was executed and the environment answered with an error: it counts. After a step the episode
    /// goes on; after a reset there is none.
    public mutating func acceptedWithError() {
        guard let call = inFlight else { return }
        inFlight = nil
        index += 1
        lastCall = call
        if call == .reset && !phase.isOver { phase = .ready }
    }

    /// The call in flight had no effect: the next call may use its index.
    public mutating func withdrawn() { inFlight = nil }

    /// - Returns: Whether this ended the session; false when it was over before.
    public mutating func close(_ reason: CloseReason) -> Bool {
        guard !phase.isOver else { return false }
        phase = .closed(reason)
        return true
    }

    /// - Returns: Whether this ended the session; false when it was over before.
    public mutating func fail(_ reason: FailureReason, _ text: String) -> Bool {
        guard !phase.isOver else { return false }
        phase = .failed(reason, text)
        return true
    }
}
