import JSON

/// What came of a run so far.
struct RunTally: Sendable {
    enum End: String, Sendable {
        case terminated, truncated
        case stepLimit = "step_limit"
        case scriptEnded = "script_ended"
        /// By the human.
        case quit
        /// By a signal.
        case stopped
    }

    struct Episode: Sendable {
        var steps = 0
        var total = Total.none
        /// Nil while it is played.
        var end: End?
    }

    private(set) var episodes: [Episode] = []
    /// Spent waiting for answers to steps.
    private(set) var stepTime = Duration.zero
    /// By a signal.
    private(set) var isStopped = false
    /// Whether no more episodes are to be played.
    private(set) var isGivenUp = false

    var steps: Int { episodes.reduce(0) { $0 + $1.steps } }
    var ended: Int { episodes.count { $0.end != nil } }
    var current: Episode { episodes.last ?? Episode() }
    /// Nil before the first step.
    var stepsPerSecond: Double? { steps > 0 ? Double(steps) / max(stepTime / .seconds(1), 1e-9) : nil }

    var caption: String {
        "episode \(episodes.count)  step \(current.steps)" + (current.total.text.map { "  return \($0)" } ?? "")
    }

    mutating func begin() { episodes.append(Episode()) }

    mutating func stepped(_ reward: Turn.Reward, in time: Duration) {
        guard let last = episodes.indices.last else { return }
        episodes[last].steps += 1
        episodes[last].total.add(reward)
        stepTime += time
    }

    mutating func end(_ end: End) {
        isStopped = isStopped || end == .stopped
        isGivenUp = isStopped || end == .quit
        if let last = episodes.indices.last, episodes[last].end == nil { episodes[last].end = end }
    }
}

extension RunTally {
    /// The sum of an episode's rewards; those that the environment did not give do not count.
    enum Total: Sendable, Equatable {
        /// No reward was given.
        case none
        case one(Double)
        case each([String: Double])

        mutating func add(_ reward: Turn.Reward) {
            switch reward {
            case .one(let reward):
                guard let reward else { return }
                if case .one(let sum) = self { self = .one(sum + reward) } else { self = .one(reward) }
            case .each(let rewards):
                var sums: [String: Double] = if case .each(let sums) = self { sums } else { [:] }
                for (agent, reward) in rewards { sums[agent, default: 0] += reward ?? 0 }
                self = .each(sums)
            }
        }

        /// Of all agents together.
        var sum: Double? {
            switch self {
            case .none: nil
            case .one(let sum): sum
            case .each(let sums): sums.keys.sorted().reduce(0) { $0 + (sums[$1] ?? 0) }
            }
        }

        var json: JSONValue {
            switch self {
            case .none: .null
            case .one(let sum): .number(sum)
            case .each(let sums):
                .object(JSONObject(sums.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) }))
            }
        }

        /// Nil for none.
        var text: String? {
            switch self {
            case .none: nil
            case .one(let sum): shortNumber(sum)
            case .each(let sums):
                sums.sorted { $0.key < $1.key }.map { "\($0.key) \(shortNumber($0.value))" }.joined(separator: ", ")
            }
        }
    }
}

/// A number with at most three decimals.
func shortNumber(_ value: Double) -> String {
    let rounded = (value * 1000).rounded() / 1000
    guard let whole = Int64(exactly: rounded) else { return "\(rounded)" }
    return "\(whole)"
}

/// A time in the unit that suits it: `312 ms`, `4.2 s`.
func shortTime(_ time: Duration) -> String {
    let seconds = time / .seconds(1)
    if seconds < 0.01 { return "\((seconds * 10_000).rounded() / 10) ms" }
    return seconds < 1 ? "\(Int((seconds * 1000).rounded())) ms" : "\((seconds * 10).rounded() / 10) s"
}
