import Foundations

/// Something that an agent cannot do without, in the words of a profile.
public enum Need: Sendable, Hashable {
    case discreteActions, continuousActions, textActions
    case text
    /// Pictures of at most so many pixels; nil: any.
    case image(height: Int?, width: Int?)
    case multiAgent, singleAgent
    /// The same seed gives the same episode.
    case repeatable
    /// Sessions can be forked.
    case forks
    case rendering

    static let words = [
        "discrete actions", "continuous actions", "text actions", "text", "image", "image <= 84x84", "multi-agent",
        "single-agent", "repeatable", "forks", "rendering",
    ]

    /// - Throws: `invalidArgument` with the nearest need.
    public init(_ words: String) throws(Failure) {
        let plain = words.lowercased().replacing("≤", with: "<=").replacing("×", with: "x")
        switch plain {
        case "discrete actions": self = .discreteActions
        case "continuous actions": self = .continuousActions
        case "text actions": self = .textActions
        case "text": self = .text
        case "image": self = .image(height: nil, width: nil)
        case "multi-agent": self = .multiAgent
        case "single-agent": self = .singleAgent
        case "repeatable": self = .repeatable
        case "forks": self = .forks
        case "rendering": self = .rendering
        default:
            let parts = plain.split(separator: "<=").map { $0.filter { $0 != " " } }
            let sizes = parts.count == 2 ? parts[1].split(separator: "x").compactMap { Int($0) } : []
            guard parts.first == "image", sizes.count == 2, sizes.allSatisfy({ $0 > 0 }) else {
                let near = nearest(to: plain, among: Self.words).map { "did you mean `\($0)`?" }
                throw Failure(
                    .invalidArgument, "`\(words.prefix(80))` is no need that is known",
                    next: near ?? "known are \(Self.words.joined(separator: ", "))")
            }
            self = .image(height: sizes[0], width: sizes[1])
        }
    }

    /// As `init(_:)` reads it.
    public var words: String {
        switch self {
        case .discreteActions: "discrete actions"
        case .continuousActions: "continuous actions"
        case .textActions: "text actions"
        case .text: "text"
        case .image(let height?, let width?): "image <= \(height)x\(width)"
        case .image: "image"
        case .multiAgent: "multi-agent"
        case .singleAgent: "single-agent"
        case .repeatable: "repeatable"
        case .forks: "forks"
        case .rendering: "rendering"
        }
    }
}

/// What can stand between an agent and an environment. Names are on the wire.
public enum Adapter: String, Sendable, CaseIterable {
    /// All numbers of an observation in one row.
    case flatten
    /// A number of a Discrete as a row of zeros and a one.
    case oneHot = "one-hot"
    case resize
    case greyScale = "grey-scale"
    case frameStack = "frame-stack"
    /// An observation as words, or the environment's own text frame.
    case textRendering = "text-rendering"
    /// The environment's picture as the observation.
    case imageRendering = "image-rendering"
    /// An action of a few real numbers chosen from a list.
    case discretise
    /// An action of several choices as one choice.
    case flattenActions = "flatten-actions"
    /// A row of numbers as an action of several parts.
    case unflatten
    /// The greatest of a row of numbers as a choice.
    case argmax
    /// An action read from words.
    case textParsing = "text-parsing"
    /// Every agent of a parallel environment is played by one policy.
    case sharedPolicy = "shared-policy"
    /// Whose turn it is plays.
    case turnTaking = "turn-taking"
}
