import Foundations

/// One session or one episode that is over: who used what, for how long, and what came of it.
public struct UsageEvent: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable { case session, episode }

    /// The same for the same session or episode, however often it is told: receivers can leave out what they have.
    public let id: String
    public let kind: Kind
    public let startedAt: Timestamp
    public let endedAt: Timestamp
    public let server: String
    public let session: String
    /// The exact version, and its digest.
    public let environment: String
    public let digest: String
    public let instance: String?
    public let backend: String
    public let caller: String
    public let tenant: String
    /// Of an episode; counts from 0.
    public let episode: Int?
    /// Of a vector session.
    public let rows: Int?
    /// Of a session: how many began.
    public let episodes: Int?
    /// Answered steps; of a vector session those of all rows together.
    public let steps: Int
    /// The sum of the rewards; nil where the environment gave none, and for vector sessions.
    public let total: Double?
    /// Of an episode `terminated`, `truncated` or `abandoned`; of a session `closed` or `failed` and the reason.
    public let outcome: String
    /// Of a session, as its sandbox measured them; nil where nothing measures.
    public let processorTime: Duration?
    public let peakMemory: Int?

    public var duration: Duration { .microseconds(max(0, endedAt.microseconds - startedAt.microseconds)) }
}
