import Admission
import Foundations

/// One line on a terminal that says what a check is doing.
final class StatusLine: Sendable {
    private let output: Output

    /// Nil where standard error is no terminal.
    init?(_ output: Output = .errors) {
        guard output.isTerminal else { return nil }
        self.output = output
    }

    func show(_ name: String, _ progress: CheckProgress) {
        let line = Self.line(name, progress)
        output.write("\r" + line.prefix((output.size?.columns ?? 80) - 1) + "\u{1b}[K")
    }

    func clear() { output.write("\r\u{1b}[K") }

    static func line(_ name: String, _ progress: CheckProgress) -> String {
        let width = 24
        let filled = Int(Double(width) * progress.fraction)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        return "\(name) \(bar) \(progress.step)"
    }
}
