import Foundations
import Reactor
import Sandboxes

/// Lets new sessions in while the machine has memory for them; those there are must not be ended to make room.
@Reactor
final class MemoryGate {
    private var room: MemoryRoom
    private let look: @Sendable () -> Int?

    /// - Parameters:
    ///   - reserve: Bytes that are left free.
    ///   - look: Reads how many bytes are free, off the reactor; nil where nobody knows.
    init(reserve: Int, look: @escaping @Sendable () -> Int?) {
        room = MemoryRoom(reserve: reserve)
        self.look = look
    }

    /// Counts a session that is about to start.
    ///
    /// - Throws: `resource_exhausted`.
    func enter() async throws(Failure) {
        if room.needsLook(at: .now) {
            let look = look
            if let free = await offload({ look() }) { room.looked(free: free, at: .now) }
        }
        guard !room.isFull else {
            throw Failure(
                .resourceExhausted,
                "the machine has \(room.free >> 20) MiB of memory left, and \(room.reserve >> 20) MiB stay free",
                next: "close sessions, or lower --memory-reserve")
        }
        room.started()
    }
}
