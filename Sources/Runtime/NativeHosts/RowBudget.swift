import Foundations
import Reactor

/// The rows that all native sessions of a server may have together.
@Reactor
final class RowBudget {
    private let capacity: Int
    private(set) var taken = 0

    init(capacity: Int) { self.capacity = capacity }

    /// - Throws: `resource_exhausted`; then nothing is taken.
    func take(_ rows: Int) throws(Failure) {
        guard rows <= capacity - taken else {
            throw Failure(
                .resourceExhausted, "\(taken) of \(capacity) rows of native sessions are taken",
                next: "close sessions, or ask for fewer rows; the operator can allow more with --max-total-rows")
        }
        taken += rows
    }

    func giveBack(_ rows: Int) { taken -= rows }
}
