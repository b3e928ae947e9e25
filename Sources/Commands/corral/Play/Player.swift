import Foundations
import JSON

/// Plays the episodes of one session.
struct Player {
    struct Limits: Sendable {
        let episodes: Int
        /// Of an episode; nil for none.
        let steps: Int?
    }

    let session: PlaySession
    var agent: any Agent
    let limits: Limits
    let stage: Stage
    /// Called after every step.
    let progress: (RunTally) -> Void

    /// Plays until all episodes are over, or the task is cancelled: then the tally says so.
    ///
    /// - Parameter first: The answer to the reset that came with the session.
    mutating func play(from first: Turn) async throws(Failure) -> RunTally {
        var tally = RunTally()
        do throws(Failure) {
            for episode in 0..<limits.episodes where !tally.isGivenUp {
                let turn = episode == 0 ? first : try await session.reset()
                try await play(episode, from: turn, &tally)
            }
        } catch {
            guard Task.isCancelled else { throw error }
            tally.end(.stopped)
        }
        return tally
    }

    private mutating func play(_ episode: Int, from first: Turn, _ tally: inout RunTally) async throws(Failure) {
        var turn = first
        agent.begin()
        tally.begin()
        try await stage.show(turn, after: nil, caption: tally.caption)
        while true {
            if Task.isCancelled { return tally.end(.stopped) }
            if let most = limits.steps, tally.current.steps >= most { return tally.end(.stepLimit) }
            let asks = Ask.all(of: turn, space: session.actionSpace, isShared: session.agents != nil)
            guard let action = try await agent.act(on: turn, asks: asks) else {
                return tally.end(Task.isCancelled ? .stopped : agent is HumanAgent ? .quit : .scriptEnded)
            }
            let start = ContinuousClock.now
            turn = try await session.step(action)
            tally.stepped(turn.reward, in: ContinuousClock.now - start)
            progress(tally)
            try await stage.show(turn, after: action, caption: tally.caption)
            if turn.isOver { return tally.end(turn.isTerminated ? .terminated : .truncated) }
        }
    }
}
