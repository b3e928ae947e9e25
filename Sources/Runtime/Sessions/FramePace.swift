/// When a frame is drawn for those who look on: behind a call, but not long before the next one.
struct FramePace {
    typealias Instant = ContinuousClock.Instant

    enum Decision: Equatable {
        case now
        /// Ask `due` again then.
        case at(Instant)
        /// Never, or it was decided before.
        case not
    }

    /// From the begin of one frame to that of the next.
    static let interval = Duration.milliseconds(100)

    private var next: Instant?
    private var isPlanned = false
    private var isOff = false

    /// A call has ended.
    mutating func called(at now: Instant) -> Decision {
        if isOff || isPlanned { return .not }
        if let next, now < next {
            isPlanned = true
            return .at(next)
        }
        return .now
    }

    /// The time that was planned has come.
    mutating func due() { isPlanned = false }

    mutating func began(at now: Instant) { next = now + Self.interval }

    /// The environment cannot be drawn.
    mutating func stop() { isOff = true }
}
