/// Memory that sessions have in common, of a zygote's family or of the machine, as far as it was looked at.
struct MemoryRoom: Sendable {
    /// Bytes that no new session may take, so that those there are can grow.
    let reserve: Int
    private(set) var free = Int.max
    private var starts = 0
    private var lastLook: ContinuousClock.Instant?

    /// In bytes: what a start is thought to need until it is looked at.
    private static let allowance = 16 << 20
    /// After so many starts, or so long, a look is due.
    private static let startsBetweenLooks = 16
    private static let timeBetweenLooks = Duration.seconds(1)

    init(reserve: Int) { self.reserve = reserve }

    func needsLook(at now: ContinuousClock.Instant) -> Bool {
        guard let lastLook else { return true }
        return starts >= Self.startsBetweenLooks || now - lastLook >= Self.timeBetweenLooks
    }

    /// - Parameter free: Bytes that nobody uses.
    mutating func looked(free: Int, at now: ContinuousClock.Instant) { (self.free, starts, lastLook) = (free, 0, now) }

    mutating func started() { starts += 1 }

    var isFull: Bool { free < reserve || free - reserve < starts * Self.allowance }
}
