/// One line on a terminal that says how far a run is.
final class ProgressBar {
    private let output: Output
    private var drawnAt: ContinuousClock.Instant?

    /// Nil where standard error is no terminal.
    init?(_ output: Output = .errors) {
        guard output.isTerminal else { return nil }
        self.output = output
    }

    func show(_ tally: RunTally, of episodes: Int, name: String) {
        let now = ContinuousClock.now
        if let drawnAt, now - drawnAt < .milliseconds(100) { return }
        drawnAt = now
        let line = Self.line(tally, of: episodes, name: name)
        output.write("\r" + line.prefix((output.size?.columns ?? 80) - 1) + "\u{1b}[K")
    }

    func clear() { output.write("\r\u{1b}[K") }

    static func line(_ tally: RunTally, of episodes: Int, name: String) -> String {
        let width = 24
        let filled = width * tally.ended / max(1, episodes)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        let speed = tally.stepsPerSecond.map { "  \(shortNumber($0.rounded())) steps/s" } ?? ""
        return "\(name) \(bar) \(tally.ended)/\(episodes) episodes  \(tally.steps) steps\(speed)"
    }
}
