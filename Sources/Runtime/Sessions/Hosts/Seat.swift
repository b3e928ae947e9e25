import Foundations
import Reactor
import Sandboxes
import Workers

/// A started worker that a session can take: its connection and what fences it in.
@Reactor
final class Seat {
    let connection: WorkerConnection
    /// Nil for version 1, which does not introduce itself.
    let greeting: WorkerGreeting?
    let isolation: IsolationReport
    private let place: Place
    /// Forks it; nil where it is not a fork itself.
    weak var zygote: ZygoteSeats?
    /// The `init` that it has answered already, while no session has it.
    var initialization: (command: [UInt8], answer: WorkerMessage)?
    /// Live branches that were forked from it.
    private var branches = 0
    /// Called once, when nothing of it is left.
    var onReleased: (@Reactor () -> Void)?

    enum Place {
        /// A sandbox of its own.
        case own(any Sandbox)
        /// A fork of a zygote, or of another such fork; those of one family can change each other's scratch folders.
        case shared(any Sandbox, fence: any SessionFence, scratch: String, family: String)
    }

    init(connection: WorkerConnection, greeting: WorkerGreeting?, place: Place) {
        self.connection = connection
        self.greeting = greeting
        self.place = place
        switch place {
        case .own(let sandbox), .shared(let sandbox, _, _, _): isolation = sandbox.isolation
        }
    }

    var isUsable: Bool { connection.problem == nil }

    /// Whether the sandbox was ended by something else than its command, the kernel's limits or the server.
    func wasEndedFromOutside() async -> Bool {
        switch place {
        case .own(let sandbox): await sandbox.wasEndedFromOutside(within: .seconds(1))
        case .shared(let sandbox, _, _, _): await sandbox.wasEndedFromOutside(within: .milliseconds(20))
        }
    }

    func usage() async -> SandboxUsage {
        switch place {
        case .own(let sandbox): await sandbox.usage()
        case .shared(_, let fence, _, _): await fence.usage()
        }
    }

    /// What a branch touches before it is moved, and the tables of its pages, stay charged to the session that it was
    /// forked from; in bytes, at most.
    private static let branchMemory = 2 << 20

    /// Makes room for branches that are about to be forked from it.
    ///
    /// - Parameter count: Negative for those that came to nothing, or ended.
    func hold(_ count: Int) async {
        branches += count
        guard count > 0, case .shared(_, let fence, _, _) = place else { return }
        await fence.allow(branches * Self.branchMemory)
    }

    /// The family of a fork.
    var family: String? { if case .shared(_, _, _, let family) = place { family } else { nil } }

    /// Ends the worker; returns when no process of it is left.
    func release() async {
        connection.close()
        await place.remove()
        let onReleased = onReleased
        self.onReleased = nil
        onReleased?()
    }
}

extension Seat.Place {
    @Reactor
    func remove() async {
        switch self {
        case .own(let sandbox):
            sandbox.kill()
            await sandbox.waitUntilEnded()
        case .shared(let sandbox, let fence, let scratch, let family):
            await fence.remove()
            // It fails only when the sandbox is gone, and the folder with it.
            try? await sandbox.closeScratch(scratch, in: family)
        }
    }
}
