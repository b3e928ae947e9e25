/// How much of their common memory the sessions of one zygote use, as far as it was looked at.
struct FamilyRoom: Sendable {
    private let limit: Int
    private var used = 0
    private var forks = 0
    private var lastLook: ContinuousClock.Instant?

    /// In bytes: what a fork is thought to need until it is looked at.
    private static let allowance = 16 << 20
    /// After so many forks, or so long, a look is due.
    private static let forksBetweenLooks = 16
    private static let timeBetweenLooks = Duration.seconds(1)

    /// - Parameter limit: The bytes at which the kernel ends a session.
    init(limit: Int) { self.limit = limit }

    func needsLook(at now: ContinuousClock.Instant) -> Bool {
        guard let lastLook else { return true }
        return forks >= Self.forksBetweenLooks || now - lastLook >= Self.timeBetweenLooks
    }

    /// - Parameter bytes: What all sessions use together.
    mutating func looked(_ bytes: Int, at now: ContinuousClock.Instant) {
        (used, forks, lastLook) = (bytes, 0, now)
    }

    mutating func forked() { forks += 1 }

    /// A fifth is left free, for sessions that grow.
    var isFull: Bool { used + forks * Self.allowance > limit / 5 * 4 }
}
