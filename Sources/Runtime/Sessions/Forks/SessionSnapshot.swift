import Foundations
import Reactor

/// A state of a session that it can go back to.
@Reactor
final class SessionSnapshot {
    enum Place {
        /// Of the session's own host.
        case state([UInt8])
        /// A branch that nobody steps.
        case frozen(any SessionHost, ForkMechanism)
        /// The calls that lead to it.
        case calls
    }

    let point: BranchPoint
    let place: Place
    private let onDiscard: @Reactor () -> Void

    init(_ point: BranchPoint, _ place: Place, onDiscard: @escaping @Reactor () -> Void) {
        (self.point, self.place, self.onDiscard) = (point, place, onDiscard)
    }

    var mechanism: ForkMechanism {
        switch place {
        case .state: .snapshot
        case .frozen(_, let mechanism): mechanism
        case .calls: .replay
        }
    }

    /// Bytes that it has in the server's memory.
    var byteCount: Int { if case .state(let bytes) = place { bytes.count } else { 0 } }

    func discard() async {
        guard case .frozen(let host, _) = place else { return }
        await host.close()
        onDiscard()
    }

    func summary(_ name: String) -> SnapshotSummary {
        SnapshotSummary(name: name, index: point.state.index, episode: point.state.episode, mechanism: mechanism)
    }
}

/// A snapshot, for answers.
public struct SnapshotSummary: Sendable {
    public let name: String
    /// The index of the last call before it.
    public let index: Int
    public let episode: Int
    public let mechanism: ForkMechanism
}
