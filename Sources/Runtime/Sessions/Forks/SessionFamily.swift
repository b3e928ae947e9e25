import Foundations
import Reactor
import Sandboxes

/// A session and all that was forked from it, from its forks, and so on: they share a budget.
@Reactor
final class SessionFamily {
    struct Limits: Sendable {
        /// Live sessions, the first one included.
        var sessions = 1024
        /// Bytes that all of them use together.
        var memory = 8 << 30
    }

    private let limits: Limits
    private var members: [UniqueID: Session] = [:]
    /// Whom each was forked from: of members, and of those that are over while anybody descends from them.
    private var parents: [UniqueID: UniqueID] = [:]
    private var children: [UniqueID: Int] = [:]
    /// Places that forks in progress have taken.
    private var reserved = 0
    private var lastLook: ContinuousClock.Instant?
    private var forksSinceLook = 0

    /// After so many forks, or so long, the memory is looked at again.
    private static let forksBetweenLooks = 64
    private static let timeBetweenLooks = Duration.seconds(1)

    init(of root: Session, limits: Limits) {
        self.limits = limits
        members[root.id] = root
    }

    var liveSessions: Int { members.count + reserved }

    /// Takes room for `count` more; they join or are given back.
    ///
    /// - Throws: `resource_exhausted`.
    func reserve(_ count: Int) async throws(Failure) {
        guard count <= limits.sessions - liveSessions else {
            throw Failure(
                .resourceExhausted,
                "the family of this session has \(liveSessions) of \(limits.sessions) sessions and \(count) more were asked for",
                next: "close branches, or raise --fork-sessions", details: ["fork_sessions": "\(limits.sessions)"])
        }
        reserved += count
        do throws(Failure) {
            try await requireMemory(for: count)
        } catch {
            reserved -= count
            throw error
        }
    }

    func giveBack(_ count: Int) { reserved -= count }

    /// A session takes one of the reserved places.
    func join(_ session: Session) {
        reserved -= 1
        members[session.id] = session
        guard let parent = session.lineage?.parent else { return }
        parents[session.id] = parent
        children[parent, default: 0] += 1
    }

    func leave(_ id: UniqueID) {
        members[id] = nil
        var id = id
        while members[id] == nil, children[id] == nil, let parent = parents.removeValue(forKey: id) {
            let left = (children[parent] ?? 1) - 1
            children[parent] = left > 0 ? left : nil
            id = parent
        }
    }

    /// Everyone alive who descends from a session.
    func branches(of id: UniqueID) -> [Session] {
        let byParent = Dictionary(grouping: parents.keys) { parents[$0] }
        var found: [Session] = []
        var next = [id]
        while let one = next.popLast() {
            for child in byParent[one] ?? [] {
                next.append(child)
                if let session = members[child] { found.append(session) }
            }
        }
        return found
    }

    private func requireMemory(for count: Int) async throws(Failure) {
        forksSinceLook += count
        if let lastLook, .now - lastLook < Self.timeBetweenLooks, forksSinceLook < Self.forksBetweenLooks { return }
        (lastLook, forksSinceLook) = (.now, 0)
        var used = 0
        for session in members.values { used += await session.host?.usage().memory ?? 0 }
        guard used < limits.memory else {
            lastLook = nil
            throw Failure(
                .resourceExhausted,
                "the family of this session uses \(used >> 20) MiB of memory, and may use \(limits.memory >> 20) MiB",
                next: "close branches, or raise --fork-memory", details: ["fork_memory": "\(limits.memory)"])
        }
    }
}
