import Foundations
import Glibc

/// Where lines go.
public struct LogSink: Sendable {
    let isText: Bool
    let write: @Sendable ([UInt8]) -> Void
    let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - format: `auto` counts as `json`.
    ///   - write: Takes one whole line with its line feed; called on any thread.
    public init(
        format: LogFormat, now: @escaping @Sendable () -> Timestamp = { .now },
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        isText = format == .text
        self.now = now
        self.write = write
    }

    /// Standard error; each line is one `write`, so that lines of several threads and processes do not mix.
    public static func standardError(format: LogFormat = .auto) -> LogSink {
        let isTerminal = isatty(STDERR_FILENO) == 1
        let box = LockBox()
        return LogSink(format: format == .auto && isTerminal ? .text : format) { line in
            box.lock.withLock { _ in writeAll(line, to: STDERR_FILENO) }
        }
    }

    /// A sink that drops everything.
    public static let none = LogSink(format: .json) { _ in }
}

/// Holds a lock where a closure can capture it.
private final class LockBox: Sendable {
    let lock = Guarded(())
}

/// Writes all bytes, or gives up where the descriptor is broken: a log that nobody reads stops no server.
private func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
    }
}
