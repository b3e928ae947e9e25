import Foundations
import Reactor

extension Session {
    func requireSeeding(_ host: any SessionHost) throws(Failure) {
        guard !host.capabilities.contains(.seed) else { return }
        throw Failure(
            .failedPrecondition, "\(plan.reference) takes no seed", next: "leave the seed out",
            details: ["environment": plan.reference])
    }

    /// The seed of the first reset, drawn where the caller gave none, so that the trajectory can be replayed.
    func firstSeed(_ host: any SessionHost) -> Int64? {
        guard seedIsPending else { return nil }
        guard host.capabilities.contains(.seed) else { return nil }
        return seed ?? Int64.random(in: 0..<1 << 31)
    }
}
