import Foundations

/// Remembers answers by key for a while, so that a repeated request gets the first one's answer.
struct IdempotencyTable<Key: Hashable, Answer> {
    enum Entry {
        case running
        case done(Answer)
    }

    enum Decision {
        case execute
        case join
        case answerAgain(Answer)
    }

    private let lifetime: Duration
    private let capacity: Int
    private var entries: [Key: (fingerprint: [UInt8], since: ContinuousClock.Instant, entry: Entry)] = [:]

    /// - Parameters:
    ///   - lifetime: How long an answer is kept after it was given.
    ///   - capacity: The most keys at a time; the oldest finished ones make room.
    init(lifetime: Duration = .seconds(600), capacity: Int = 10_000) {
        self.lifetime = lifetime
        self.capacity = capacity
    }

    /// - Parameter fingerprint: What the request asks; the same key with another one is a mistake of the caller.
    /// - Throws: `conflict`.
    mutating func begin(
        _ key: Key, fingerprint: [UInt8], now: ContinuousClock.Instant
    ) throws(Failure) -> Decision {
        expire(before: now - lifetime)
        if let known = entries[key] {
            guard known.fingerprint == fingerprint else {
                throw Failure(
                    .conflict, "the Idempotency-Key was used for another request",
                    next: "use a new key for a new request")
            }
            switch known.entry {
            case .running: return .join
            case .done(let answer): return .answerAgain(answer)
            }
        }
        if entries.count >= capacity { dropOldest() }
        entries[key] = (fingerprint, now, .running)
        return .execute
    }

    mutating func finish(_ key: Key, with answer: Answer, now: ContinuousClock.Instant) {
        guard let known = entries[key] else { return }
        entries[key] = (known.fingerprint, now, .done(answer))
    }

    /// The request failed: the key may be tried again.
    mutating func abandon(_ key: Key) { entries[key] = nil }

    private mutating func expire(before limit: ContinuousClock.Instant) {
        guard entries.count > 64 || entries.contains(where: { $0.value.since < limit }) else { return }
        entries = entries.filter { _, value in
            if case .running = value.entry { return true }
            return value.since >= limit
        }
    }

    private mutating func dropOldest() {
        let finished = entries.filter { if case .done = $0.value.entry { true } else { false } }
        if let oldest = finished.min(by: { $0.value.since < $1.value.since }) { entries[oldest.key] = nil }
    }
}
