import Foundations
import JSON
import Pictures
import Spaces

/// Where a run is seen: a terminal, files, or nowhere.
final class Stage {
    private let session: PlaySession
    private let display: Display?
    private let recordings: [any Recording]
    /// Between two frames that are shown.
    private let pause: Duration
    private var nextFrame: ContinuousClock.Instant?

    /// - Parameter pause: Zero where nothing has to be waited for.
    init(_ session: PlaySession, display: Display?, recordings: [any Recording], pause: Duration) {
        self.session = session
        self.display = display
        self.recordings = recordings
        self.pause = pause
    }

    /// Shows and records what the environment looks like now.
    ///
    /// - Parameter action: That led here; nil after a reset.
    /// - Throws: `failedPrecondition` where pictures are to be recorded and there are none.
    func show(_ turn: Turn, after action: JSONValue?, caption: String) async throws(Failure) {
        guard display != nil || !recordings.isEmpty else { return }
        let frame = try await look(turn)
        if !recordings.isEmpty {
            guard case .picture(let picture) = frame else {
                throw Failure(
                    .failedPrecondition, "the environment shows text, and a film needs pictures",
                    next: "leave out --gif and --mp4; --render prints the text")
            }
            for recording in recordings { try await recording.add(picture) }
        }
        guard let display else { return }
        if pause > .zero, case .picture = frame { await waitForFrame() }
        display.show(frame, after: action, caption: caption)
    }

    /// Ends the recordings.
    ///
    /// - Returns: The files that were written.
    func finish() async throws(Failure) -> [String] {
        var files: [String] = []
        for recording in recordings { files += try await recording.finish().map { [$0] } ?? [] }
        return files
    }

    private func look(_ turn: Turn) async throws(Failure) -> PlaySession.Frame {
        if case .text = session.observationSpace, let text = turn.observation.string { return .text(text) }
        do throws(Failure) {
            return try await session.frame()
        } catch {
            guard error.code == .unimplemented || error.code == .notAcceptable else { throw error }
            if let picture = turn.picture { return .picture(picture) }
            let text = "\(turn.observation)"
            return .text(text.count > 2000 ? text.prefix(2000) + " …" : text)
        }
    }

    private func waitForFrame() async {
        let now = ContinuousClock.now
        if let nextFrame, nextFrame > now { try? await ContinuousClock().sleep(until: nextFrame) }
        nextFrame = max(nextFrame ?? now, now) + pause
    }
}
