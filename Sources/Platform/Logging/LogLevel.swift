/// How much a message matters; a logger writes those of its level and above.
public enum LogLevel: String, Sendable, CaseIterable, Comparable {
    case debug, info, warning, error
    /// As the level of a logger: nothing is written.
    case off

    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .debug: 0
        case .info: 1
        case .warning: 2
        case .error: 3
        case .off: 4
        }
    }
}

/// How messages are written.
public enum LogFormat: String, Sendable, CaseIterable {
    /// Text where standard error is a terminal, JSON lines elsewhere.
    case auto
    case text, json
}
