import JSON
import Manifests
import Spaces

/// Whether an agent can play a version, and what has to stand between them.
public struct CompatibilityAnswer: Sendable, Hashable {
    /// In the order they are applied, observations first.
    public private(set) var adapters: [Adapter] = []
    /// Why not; empty where it can.
    public private(set) var reasons: [String] = []

    public var isCompatible: Bool { reasons.isEmpty }

    /// - Parameters:
    ///   - observation: Of one agent.
    ///   - action: Of one agent.
    public init(_ agent: AgentProfile, plays manifest: Manifest, observation: Space, action: Space) {
        company(agent, manifest)
        read(agent, manifest, observation)
        write(agent, action)
        libraries(agent, manifest.compatibility)
        for need in agent.needs { check(need, manifest, observation, action) }
    }

    public func json(agent: AgentProfile, environment: String) -> JSONValue {
        [
            "environment": .string(environment), "agent": .string(agent.name), "compatible": .bool(isCompatible),
            "adapters": .array(isCompatible ? adapters.map { .string($0.rawValue) } : []),
            "reasons": .array(reasons.map(JSONValue.string)),
        ]
    }

    private mutating func use(_ adapter: Adapter, _ agent: AgentProfile, else reason: String) {
        if agent.adapters.contains(adapter) {
            if !adapters.contains(adapter) { adapters.append(adapter) }
        } else {
            reasons.append("\(reason), and the agent does not take the adapter \(adapter.rawValue)")
        }
    }

    private mutating func company(_ agent: AgentProfile, _ manifest: Manifest) {
        switch manifest.agents {
        case .single:
            guard !agent.agents.contains(.single) else { return }
            reasons.append("the environment has one agent")
        case .parallel:
            guard !agent.agents.contains(.parallel) else { return }
            use(.sharedPolicy, agent, else: "several agents act at the same time")
        case .turnBased:
            guard !agent.agents.contains(.turnBased) else { return }
            use(.turnTaking, agent, else: "agents take turns")
        }
    }

    private mutating func read(_ agent: AgentProfile, _ manifest: Manifest, _ space: Space) {
        let reads = agent.observations
        if reads.contains(.any) { return }
        if let image = space.image {
            if reads.contains(.image) { return readImage(image, agent) }
            if reads.contains(.vector) { return use(.flatten, agent, else: "observations are pictures") }
        }
        switch space {
        case .discrete where reads.contains(.discrete): return
        case .text where reads.contains(.text): return
        case .box(let box) where reads.contains(.vector):
            if box.shape.count != 1 { use(.flatten, agent, else: "observations have the shape \(box.shape)") }
            return
        case .discrete where reads.contains(.vector):
            return use(.oneHot, agent, else: "observations are single numbers")
        case .multiBinary, .multiDiscrete:
            if reads.contains(.vector) { return use(.flatten, agent, else: "observations are \(space.typeName)") }
        case .dict, .tuple:
            if reads.contains(.vector), space.isNumeric {
                return use(.flatten, agent, else: "observations have several parts")
            }
        default: break
        }
        if reads.contains(.text) {
            return use(.textRendering, agent, else: "observations are \(space.typeName), not text")
        }
        if reads.contains(.image), manifest.renderModes.contains("rgb_array") {
            return use(.imageRendering, agent, else: "observations are no pictures")
        }
        let wanted = reads.map(\.rawValue).joined(separator: " or ")
        reasons.append("observations are \(space.typeName); the agent reads \(wanted)")
    }

    private mutating func readImage(_ image: (height: Int, width: Int, channels: Int), _ agent: AgentProfile) {
        let wanted = agent.image
        if !wanted.channels.contains(image.channels) {
            if wanted.channels.contains(1) {
                use(.greyScale, agent, else: "pictures have \(image.channels) channels")
            } else {
                reasons.append("pictures have \(image.channels) channels; the agent reads \(wanted.channels)")
            }
        }
        if image.height > wanted.height ?? .max || image.width > wanted.width ?? .max {
            use(.resize, agent, else: "pictures have \(image.height) x \(image.width) pixels")
        }
        if wanted.frames > 1 { use(.frameStack, agent, else: "the agent looks at \(wanted.frames) pictures together") }
    }

    /// The most choices that one action may become.
    private static let mostChoices = 4096
    /// The most real numbers of an action that can be chosen from a list.
    private static let mostNumbers = 3

    private mutating func write(_ agent: AgentProfile, _ space: Space) {
        let writes = agent.actions
        if writes.contains(.any) { return }
        switch space {
        case .discrete where writes.contains(.discrete), .text where writes.contains(.text),
            .multiDiscrete where writes.contains(.multiDiscrete), .multiBinary where writes.contains(.multiBinary):
            return
        case .box(let box) where writes.contains(.continuous):
            if box.shape.count != 1 { use(.unflatten, agent, else: "actions have the shape \(box.shape)") }
            return
        case .discrete where writes.contains(.continuous): return use(.argmax, agent, else: "actions are choices")
        case .box(let box) where writes.contains(.discrete) && box.shape.reduce(1, *) <= Self.mostNumbers:
            return use(.discretise, agent, else: "actions are real numbers")
        case .multiDiscrete, .multiBinary:
            if writes.contains(.discrete), let count = space.choices, count <= Self.mostChoices {
                return use(.flattenActions, agent, else: "actions have several parts")
            }
        case .dict, .tuple:
            if writes.contains(.continuous), space.isNumeric {
                return use(.unflatten, agent, else: "actions have several parts")
            }
        default: break
        }
        if writes.contains(.text) { return use(.textParsing, agent, else: "actions are \(space.typeName), not text") }
        let able = writes.map(\.rawValue).joined(separator: " or ")
        reasons.append("actions are \(space.typeName); the agent writes \(able)")
    }

    private mutating func libraries(_ agent: AgentProfile, _ compatibility: Manifest.Compatibility) {
        for (name, wanted) in [("python", compatibility.python), ("gymnasium", compatibility.gymnasium)] {
            guard let wanted, let version = agent.libraries[name] else { continue }
            if VersionSpecifier(wanted)?.allows(version) == false {
                reasons.append("the environment works with \(name) \(wanted), the agent has \(version)")
            }
        }
    }

    private mutating func check(_ need: Need, _ manifest: Manifest, _ observation: Space, _ action: Space) {
        let problem: String?
        switch need {
        case .discreteActions: problem = if case .discrete = action { nil } else { "actions are \(action.typeName)" }
        case .continuousActions: problem = if case .box = action { nil } else { "actions are \(action.typeName)" }
        case .textActions: problem = if case .text = action { nil } else { "actions are \(action.typeName)" }
        case .text: problem = if case .text = observation { nil } else { "observations are \(observation.typeName)" }
        case .image(let height, let width):
            if let image = observation.image {
                let isSmall = image.height <= height ?? .max && image.width <= width ?? .max
                problem =
                    isSmall || adapters.contains(.resize)
                    ? nil : "pictures have \(image.height) x \(image.width) pixels"
            } else {
                problem = adapters.contains(.imageRendering) ? nil : "observations are no pictures"
            }
        case .multiAgent: problem = manifest.agents == .single ? "the environment has one agent" : nil
        case .singleAgent: problem = manifest.agents == .single ? nil : "the environment has several agents"
        case .repeatable: problem = manifest.isNondeterministic ? "the same seed may give another episode" : nil
        case .forks: problem = manifest.fork.isEmpty ? "the manifest refuses forks" : nil
        case .rendering: problem = manifest.renderModes.isEmpty ? "it cannot be rendered" : nil
        }
        if let problem, !reasons.contains(problem) { reasons.append(problem) }
    }
}

extension Space {
    /// Where values are pictures in bytes.
    fileprivate var image: (height: Int, width: Int, channels: Int)? {
        guard case .box(let box) = self, box.dtype == .uint8 else { return nil }
        switch box.shape.count {
        case 2 where box.shape[0] > 7 && box.shape[1] > 7: return (box.shape[0], box.shape[1], 1)
        case 3 where [1, 3, 4].contains(box.shape[2]): return (box.shape[0], box.shape[1], box.shape[2])
        default: return nil
        }
    }

    /// Whether all parts are numbers of a fixed count.
    fileprivate var isNumeric: Bool {
        switch self {
        case .box, .discrete, .multiDiscrete, .multiBinary: true
        case .dict(let dict): dict.members.allSatisfy { $0.space.isNumeric }
        case .tuple(let spaces): spaces.allSatisfy(\.isNumeric)
        case .text, .sequence, .oneOf: false
        }
    }

    /// How many values there are; nil where that is not counted.
    fileprivate var choices: Int? {
        switch self {
        case .discrete(let discrete): Int(exactly: discrete.n)
        case .multiBinary(let binary):
            binary.shape.reduce(1, *) < 20 ? 1 << binary.shape.reduce(1, *) : nil
        case .multiDiscrete(let space):
            Self.product(space.nvec.json)
        default: nil
        }
    }

    private static func product(_ json: JSONValue) -> Int? {
        if let number = json.integer { return Int(exactly: number) }
        var result = 1
        for item in json.array ?? [] {
            guard let factor = product(item) else { return nil }
            let (value, overflow) = result.multipliedReportingOverflow(by: factor)
            guard !overflow else { return nil }
            result = value
        }
        return result
    }
}
