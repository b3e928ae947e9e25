/// How long the reactor looks for more before it sleeps: not at all, but where more has come at once of late, and from
/// one or two descriptors. Where many sessions step, their workers need the processor that looking would take.
///
/// To sleep and be woken takes some 40 µs; a client that waits for each answer, and a worker that takes a step, are back
/// sooner.
struct Patience {
    typealias Instant = ContinuousClock.Instant

    /// For which it looks in vain at the most.
    static let longest = Duration.microseconds(60)
    /// What comes within this time came at once: it includes that somebody had to be woken.
    private static let soon = Duration.microseconds(150)

    /// Of the last 16 descriptors that were ready, at most so many may have been others than the two before.
    private static let strangers = 3

    private var idleSince: Instant?
    private var lastTokens: (UInt64, UInt64) = (0, 0)
    /// A bit for each of the last 16 descriptors, set for one that was neither of the two before.
    private var strange: UInt16 = 0
    private(set) var isPatient = false

    /// The descriptor of `token` is ready.
    mutating func met(_ token: UInt64) {
        let isKnown = token == lastTokens.0 || token == lastTokens.1
        strange = strange << 1 | (isKnown ? 0 : 1)
        if token != lastTokens.1 { lastTokens = (lastTokens.1, token) }
    }

    /// Something is there at `now`.
    mutating func came(at now: Instant) {
        guard let idleSince else { return }
        isPatient = now - idleSince < Self.soon && strange.nonzeroBitCount <= Self.strangers
        self.idleSince = nil
    }

    /// Nothing is there at `now`.
    ///
    /// - Returns: Whether to look again at once.
    mutating func looksAgain(at now: Instant) -> Bool {
        let since = idleSince ?? now
        idleSince = since
        return isPatient && now - since < Self.longest
    }
}
