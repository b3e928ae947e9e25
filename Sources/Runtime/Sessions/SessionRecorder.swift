import Foundations
import Reactor

/// How much of a session is kept. Raw values are on the wire.
public enum RecordingMode: String, Sendable, CaseIterable {
    /// Everything.
    case full
    /// Of observations only their digests.
    case digest
    case off
}

/// Keeps the records of one session.
@Reactor
public protocol SessionRecorder: AnyObject {
    var mode: RecordingMode { get }
    /// Whether the session's next call has to wait for `makeRoom`.
    var isFull: Bool { get }
    /// Returns when the record of one more call can be taken.
    ///
    /// - Throws: `resource_exhausted` where the session's policy is not to wait; `unavailable` where records cannot be
    ///   written any more.
    func makeRoom() async throws(Failure)
    /// Takes a record; never blocks and never loses one.
    func append(_ record: StepRecord)
    /// No more records come; returns when all are kept.
    func finish(_ session: SessionSummary) async
}

/// Keeps in memory what leads to the state of a session that nobody sees, for the recordings of its branches.
@Reactor
final class PrefixRecords: SessionRecorder {
    let mode = RecordingMode.full
    let isFull = false
    private(set) var records: [StepRecord]
    private var bytes = 0
    /// In bytes; a prefix that needs more is played by each session itself.
    private static let most = 16 << 20

    init() { records = [] }

    /// Goes on from those of another session.
    init(_ other: PrefixRecords) { (records, bytes) = (other.records, other.bytes) }

    /// Whether it has lost records because they were too many.
    var isOverflown: Bool { bytes > Self.most }

    func makeRoom() {}
    func finish(_ session: SessionSummary) {}

    func append(_ record: StepRecord) {
        bytes += record.canonical.count
        if isOverflown { records = [] } else { records.append(record) }
    }
}

/// Decides which sessions are recorded, and makes their recorders.
@Reactor
public protocol SessionRecorderSource: AnyObject {
    /// How much of a session would be kept.
    ///
    /// - Parameter reference: Its exact version.
    func mode(of reference: String, wish: RecordingMode?) -> RecordingMode
    /// - Parameter wish: What the caller asked for; a branch asks for what its parent has.
    /// - Returns: Nil where the session is not recorded.
    func recorder(for session: SessionSummary, wish: RecordingMode?) -> (any SessionRecorder)?
}
