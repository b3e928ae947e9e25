import Foundations
import JSON

/// How many requests a key may make.
public struct RateLimit: Sendable, Hashable {
    /// Requests that it gains each second.
    public let perSecond: Double
    /// How many it may make at once.
    public let burst: Int

    /// - Parameter burst: Nil: those of one second, and at least one.
    /// - Throws: `invalid_argument` outside of one request in a day and a million in a second.
    public init(perSecond: Double, burst: Int? = nil) throws(Failure) {
        guard perSecond.isFinite, (1 / 86_400...1_000_000).contains(perSecond),
            (1...1_000_000).contains(burst ?? 1)
        else {
            throw Failure(
                .invalidArgument, "a rate has per_second up to 1000000, and burst from 1 to 1000000",
                next: #"write {"per_second": 10, "burst": 20}"#, details: ["field": "rate"])
        }
        self.perSecond = perSecond
        self.burst = burst ?? max(1, Int(perSecond.rounded(.up)))
    }

    init(unchecked perSecond: Double, burst: Int) {
        self.perSecond = perSecond
        self.burst = burst
    }

    /// - Throws: `invalid_argument`.
    init(json: JSONValue) throws(Failure) {
        let members = json.object ?? [:]
        let isKnown = members.allSatisfy { ["per_second", "burst"].contains($0.key) }
        let burst = members["burst"].map { $0.integer.flatMap { Int(exactly: $0) } ?? 0 }
        try self.init(perSecond: isKnown ? members["per_second"]?.double ?? 0 : 0, burst: burst)
    }

    var json: JSONValue { ["per_second": .number(perSecond), "burst": .integer(Int64(burst))] }
}

/// What is left of a rate at one moment.
struct TokenBucket: Sendable {
    private let limit: RateLimit
    private var tokens: Double
    private var last: ContinuousClock.Instant

    init(_ limit: RateLimit, at now: ContinuousClock.Instant) {
        self.limit = limit
        tokens = Double(limit.burst)
        last = now
    }

    /// Takes one request.
    ///
    /// - Returns: Nil where it may be made, else how long it takes until one may.
    mutating func take(at now: ContinuousClock.Instant) -> Duration? {
        if now > last {
            tokens = min(Double(limit.burst), tokens + (now - last) / .seconds(1) * limit.perSecond)
            last = now
        }
        guard tokens >= 1 else { return .seconds((1 - tokens) / limit.perSecond) }
        tokens -= 1
        return nil
    }
}
