import Foundations
import Synchronization

/// Lets one call in at a time and refuses the others.
struct Gate: ~Copyable, Sendable {
    private let isTaken = Atomic(false)

    func enter() throws(Failure) {
        guard !isTaken.exchange(true, ordering: .acquiring) else {
            throw Failure(
                .busy, "another call runs on this vector environment", next: "call it from one thread at a time")
        }
    }

    func leave() { isTaken.store(false, ordering: .releasing) }
}
