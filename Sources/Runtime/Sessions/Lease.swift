import Foundations
import Reactor

/// How long a session lives: until nothing called it for the idle time, or until its absolute end.
///
/// A call in flight counts as activity. One timer serves all renewals: when it goes off it looks at the last one.
@Reactor
final class Lease {
    private let idle: Duration
    private let lastInstant: ContinuousClock.Instant
    private let endsAt: Timestamp
    private var lastActivity = ContinuousClock.now
    private var holds = 0
    private var timer: Timer?
    var onExpired: (@Reactor (CloseReason) -> Void)?

    init(idle: Duration, lifetime: Duration) {
        self.idle = idle
        lastInstant = .now + lifetime
        endsAt = Timestamp.now.advanced(by: lifetime)
        timer = Reactor.schedule(at: min(.now + idle, lastInstant)) { [weak self] in self?.look() }
    }

    /// After the end it changes nothing.
    func renew() {
        if timer != nil { lastActivity = .now }
    }

    /// A call begins: the session cannot become idle before `release`.
    func hold() { holds += 1 }

    func release() {
        holds -= 1
        renew()
    }

    func end() {
        timer?.cancel()
        timer = nil
        onExpired = nil
    }

    var expiresAt: Timestamp {
        min(endsAt, Timestamp.now.advanced(by: lastActivity + idle - ContinuousClock.now))
    }

    private func look() {
        let now = ContinuousClock.now
        if now >= lastInstant { return expire(.lifetime) }
        if holds == 0 && now >= lastActivity + idle { return expire(.idle) }
        let next = holds > 0 ? now + idle : lastActivity + idle
        timer = Reactor.schedule(at: min(next, lastInstant)) { [weak self] in self?.look() }
    }

    private func expire(_ reason: CloseReason) {
        let onExpired = onExpired
        end()
        onExpired?(reason)
    }
}
