/// How long the reactor looks for more before it sleeps: not at all, but where more has come at once of late.
///
/// To sleep and be woken takes some 40 µs; a client that waits for each answer, and a worker that takes a step, are back
/// sooner.
struct Patience {
    typealias Instant = ContinuousClock.Instant

    /// For which it looks in vain at the most.
    static let longest = Duration.microseconds(60)
    /// What comes within this time came at once: it includes that somebody had to be woken.
    private static let soon = Duration.microseconds(150)

    private var idleSince: Instant?
    private(set) var isPatient = false

    /// Something is there at `now`.
    mutating func came(at now: Instant) {
        guard let idleSince else { return }
        isPatient = now - idleSince < Self.soon
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
