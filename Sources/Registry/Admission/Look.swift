import JSON
import Manifests

/// One thing that a probe looks at, as it is asked for.
enum Look: String, Sendable, CaseIterable {
    case start, contract, scribble, rendered, instances, invalid
    case afterEnd = "after_end"
    case agents, growth, close

    /// For people: what the progress says.
    var title: String {
        switch self {
        case .start: "what the worker says of itself"
        case .contract: "spaces, rewards and flags"
        case .scribble: "observations that are the state"
        case .rendered: "rendering without a trace"
        case .instances: "two instances"
        case .invalid: "actions outside of the space"
        case .afterEnd: "steps after the end"
        case .agents: "simple agents"
        case .growth: "memory, files and threads"
        case .close: "closing"
        }
    }

    /// - Parameters:
    ///   - seconds: The look's own limit, where it has one.
    ///   - range: The declared rewards.
    func request(seeds: [Int64], seconds: Double, range: ClosedRange<Double>?) -> JSONValue {
        var request: JSONValue = ["look": .string(rawValue)]
        let seed: JSONValue = .integer(seeds.first ?? 0)
        switch self {
        case .start: break
        case .contract:
            request["seeds"] = .array(seeds.map { .integer($0) })
            request["steps"] = 1000
            request["seconds"] = .number(seconds)
            if let range, range.lowerBound.isFinite { request["low"] = .number(range.lowerBound) }
            if let range, range.upperBound.isFinite { request["high"] = .number(range.upperBound) }
        case .scribble, .instances:
            request["seed"] = seed
            request["steps"] = 60
        case .rendered:
            request["seed"] = seed
            request["steps"] = 12
        case .invalid: request["seed"] = seed
        case .afterEnd:
            request["seed"] = seed
            request["steps"] = 1000
            request["seconds"] = .number(seconds)
        case .agents:
            request["kinds"] = ["random", "nothing", "first", "last", "repeat"]
            request["seeds"] = .array(seeds.prefix(3).map { .integer($0) })
            request["steps"] = 1000
            request["seconds"] = .number(seconds)
        case .growth:
            request["episodes"] = 200
            request["steps"] = 200
            request["seconds"] = .number(seconds)
            request["seed"] = seed
        case .close:
            request["seed"] = seed
            request["seconds"] = 3
        }
        return request
    }

    /// Its part of the budget, of all looks together.
    var share: Double {
        switch self {
        case .contract: 0.3
        case .agents: 0.2
        case .growth: 0.3
        case .afterEnd: 0.1
        default: 0.05
        }
    }
}
