import Foundations
import Sessions

/// What is recorded, and what happens where the disk cannot keep up.
public struct RecordingPolicy: Sendable {
    public enum WhenFull: String, Sendable, CaseIterable {
        /// The next call waits.
        case wait
        /// The next call is refused.
        case fail
    }

    public var mode = RecordingMode.off
    /// By namespace; before `mode`.
    public var namespaces: [String: RecordingMode] = [:]
    public var whenFull = WhenFull.wait
    /// Bytes of all sessions' records that are not written yet.
    public var memory = 64 << 20
    /// A chunk has at most so many records, and is full at so many bytes of them.
    public var chunkRecords = 4096
    public var chunkBytes = 256 << 10
    /// A record waits no longer for others to fill its chunk.
    public var flushInterval = Duration.seconds(5)
    /// Bytes of all trajectories that are kept, and how long they are; the oldest go first.
    public var keptBytes = 10 << 30
    public var keptTime = Duration.seconds(30 * 86_400)

    public init() {}

    /// - Parameter namespaces: Each `NAMESPACE=MODE`.
    /// - Throws: `invalid_argument`.
    public mutating func setNamespaces(_ pairs: [String]) throws(Failure) {
        for pair in pairs {
            let parts = pair.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty, let mode = RecordingMode(rawValue: parts[1]) else {
                throw Failure(
                    .invalidArgument, "record-namespaces: `\(pair)` is not NAMESPACE=MODE",
                    next: "modes are \(RecordingMode.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            namespaces[parts[0]] = mode
        }
    }

    /// - Parameter reference: The exact version.
    /// - Parameter wish: Of the session's request, which goes before the policy.
    public func mode(of reference: String, wish: RecordingMode?) -> RecordingMode {
        if let wish { return wish }
        guard let end = reference.firstIndex(of: "/") else { return mode }
        return namespaces[String(reference[..<end])] ?? mode
    }
}
