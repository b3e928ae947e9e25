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

/// Decides which sessions are recorded, and makes their recorders.
@Reactor
public protocol SessionRecorderSource: AnyObject {
    /// - Parameter wish: What the caller asked for; a branch asks for what its parent has.
    /// - Returns: Nil where the session is not recorded.
    func recorder(for session: SessionSummary, wish: RecordingMode?) -> (any SessionRecorder)?
}
