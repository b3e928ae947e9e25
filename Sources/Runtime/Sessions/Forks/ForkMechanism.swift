import Foundations
import Reactor

/// How a branch of a session gets its state. Raw values are on the wire.
public enum ForkMechanism: String, Sendable, CaseIterable {
    /// The environment's memory was copied inside this process.
    case copy
    /// A worker said its state, and another one took it over.
    case snapshot
    /// The worker's process forked itself.
    case fork
    /// Another worker repeated every call, and its trajectory has the same hash.
    case replay

    /// Whether the state itself was copied; else it was made again and compared.
    public var isCopy: Bool { self != .replay }
}

/// Where a session comes from.
@Reactor
struct SessionLineage {
    let parent: UniqueID
    /// The index of the parent's last accepted call; -1 before its first.
    let branchedAt: Int
    let family: SessionFamily
    /// False where the parent is one of those that nobody sees.
    var isShown = true
}

/// Whose the branches of a fork are.
struct BranchOwner: Sendable {
    let caller: Caller
    let labels: [String: String]
    /// Observers are not told of them.
    var isHidden = false
    /// How much of them is kept; nil: as of the parent.
    var record: RecordingMode?
}
