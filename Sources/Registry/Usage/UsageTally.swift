import Foundations
import Sandboxes
import Sessions

/// What is going on, and the events that come of it. Times are when it is told.
struct UsageTally {
    private struct Episode {
        let number: Int
        let startedAt: Timestamp
        var steps = 0
        var total: Double?
    }

    private struct Play {
        var episode: Episode?
        var lastNumber = -1
        var episodes = 0
        var steps = 0
        var total: Double?
    }

    let server: String
    private var plays: [UniqueID: Play] = [:]
    private var sessions: [UniqueID: SessionSummary] = [:]

    init(server: String) { self.server = server }

    mutating func opened(_ session: SessionSummary) {
        sessions[session.id] = session
        plays[session.id] = Play()
    }

    /// - Returns: The episodes that are over by this step: one that ends, or one that a reset abandons.
    mutating func recorded(_ record: StepRecord, at time: Timestamp) -> [UsageEvent] {
        guard var play = plays[record.session], let session = sessions[record.session] else { return [] }
        defer { plays[record.session] = play }
        var events: [UsageEvent] = []
        if record.episode != play.lastNumber {
            if let episode = play.episode { events.append(event(of: session, episode, "abandoned", at: time)) }
            play.lastNumber = record.episode
            play.episodes += 1
            play.episode = session.rows == nil ? Episode(number: record.episode, startedAt: time) : nil
        }
        guard record.isStep else { return events }
        play.steps += session.rows?.count ?? 1
        guard let outcome = record.outcome else { return events }
        if let reward = outcome.reward { play.total = (play.total ?? 0) + reward }
        guard var episode = play.episode else { return events }
        episode.steps += 1
        if let reward = outcome.reward { episode.total = (episode.total ?? 0) + reward }
        if outcome.isTerminated || outcome.isTruncated {
            events.append(event(of: session, episode, outcome.isTerminated ? "terminated" : "truncated", at: time))
            play.episode = nil
        } else {
            play.episode = episode
        }
        return events
    }

    /// - Returns: The episode that was not over, and the session.
    mutating func ended(_ session: SessionSummary, usage: SandboxUsage?, at time: Timestamp) -> [UsageEvent] {
        sessions[session.id] = nil
        let play = plays.removeValue(forKey: session.id) ?? Play()
        let cut = play.episode.map { event(of: session, $0, "abandoned", at: time) }
        let whole = UsageEvent(
            id: "\(session.id)", kind: .session, startedAt: session.createdAt, endedAt: time, server: server,
            session: "\(session.id)", environment: session.environment, digest: session.digest,
            instance: session.instance, backend: session.backend, caller: session.owner, tenant: session.tenant,
            episode: nil, rows: session.rows?.count, episodes: play.episodes, steps: play.steps, total: play.total,
            outcome: session.phase.outcome, processorTime: usage?.processorTime, peakMemory: usage?.peakMemory)
        return [cut, whole].compactMap { $0 }
    }

    private func event(
        of session: SessionSummary, _ episode: Episode, _ outcome: String, at time: Timestamp
    ) -> UsageEvent {
        UsageEvent(
            id: "\(session.id)/\(episode.number)", kind: .episode, startedAt: episode.startedAt, endedAt: time,
            server: server, session: "\(session.id)", environment: session.environment, digest: session.digest,
            instance: session.instance, backend: session.backend, caller: session.owner, tenant: session.tenant,
            episode: episode.number, rows: nil, episodes: nil, steps: episode.steps, total: episode.total,
            outcome: outcome, processorTime: nil, peakMemory: nil)
    }
}

extension SessionState.Phase {
    fileprivate var outcome: String {
        switch self {
        case .closed(let reason): "closed: \(reason.rawValue)"
        case .failed(let reason, _): "failed: \(reason.rawValue)"
        default: name
        }
    }
}
