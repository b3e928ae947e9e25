import Foundations
import JSON
import YAML

/// What an agent can read and write, and what it needs: a file, or one of the named ones.
public struct AgentProfile: Sendable, Hashable {
    public enum Reading: String, Sendable, CaseIterable {
        /// One row of numbers.
        case vector
        /// Pixels: `[height, width, channels]` in bytes.
        case image
        case discrete, text
        /// Any space as it is.
        case any
    }

    public enum Writing: String, Sendable, CaseIterable {
        case discrete, continuous
        case multiDiscrete = "multi_discrete"
        case multiBinary = "multi_binary"
        case text, any
    }

    public enum Company: String, Sendable, CaseIterable {
        case single, parallel
        case turnBased = "turn_based"
    }

    public struct Image: Sendable, Hashable {
        /// Pixels at most; nil: any.
        public var height: Int?
        public var width: Int?
        public var channels: [Int] = [1, 3, 4]
        /// How many pictures it looks at together.
        public var frames = 1
    }

    public let name: String
    public let title: String
    public let observations: [Reading]
    public let image: Image
    public let actions: [Writing]
    public let agents: [Company]
    /// Versions by the name of the library, such as `gymnasium` and `python`.
    public let libraries: [String: String]
    public let needs: [Need]
    /// What may stand between the agent and the environment.
    public let adapters: Set<Adapter>

    init(
        _ name: String, _ title: String, reads observations: [Reading], writes actions: [Writing],
        image: Image = Image(), agents: [Company] = [.single], libraries: [String: String] = [:], needs: [Need] = [],
        adapters: Set<Adapter> = Set(Adapter.allCases)
    ) {
        self.name = name
        self.title = title
        self.observations = observations
        self.actions = actions
        self.image = image
        self.agents = agents
        self.libraries = libraries
        self.needs = needs
        self.adapters = adapters
    }
}

extension AgentProfile {
    /// Agents that many know, by name.
    public static let named: [AgentProfile] = [
        AgentProfile(
            "sb3-dqn", "DQN of Stable-Baselines3", reads: [.vector, .image, .discrete], writes: [.discrete]),
        AgentProfile(
            "sb3-ppo", "PPO of Stable-Baselines3", reads: [.vector, .image, .discrete],
            writes: [.discrete, .continuous, .multiDiscrete, .multiBinary]),
        AgentProfile("sb3-sac", "SAC of Stable-Baselines3", reads: [.vector, .image], writes: [.continuous]),
        AgentProfile("cleanrl-ppo", "PPO of CleanRL, one file", reads: [.vector], writes: [.discrete]),
        AgentProfile(
            "cleanrl-ppo-atari", "PPO of CleanRL for Atari", reads: [.image], writes: [.discrete],
            image: Image(height: 84, width: 84, channels: [1], frames: 4)),
        AgentProfile(
            "pettingzoo-ppo", "one policy for all agents", reads: [.vector, .image], writes: [.discrete, .continuous],
            agents: [.parallel], needs: [.multiAgent]),
        AgentProfile(
            "llm-text", "a language model that answers in words", reads: [.text], writes: [.text],
            agents: [.single, .turnBased]),
        AgentProfile(
            "tabular-q", "a table of states and actions", reads: [.discrete], writes: [.discrete], adapters: []),
    ]

    /// One of the named ones, or a profile in JSON.
    ///
    /// - Throws: `notFound` with the nearest name, `invalidArgument` where the JSON is no profile.
    public static func find(_ text: String) throws(Failure) -> AgentProfile {
        if text.hasPrefix("{") {
            guard let value = try? JSONValue(parsing: Array(text.utf8)) else {
                throw Failure(.invalidArgument, "the profile of the agent is no JSON", details: ["field": "agent"])
            }
            return try AgentProfile(value)
        }
        if let found = named.first(where: { $0.name == text }) { return found }
        let near = nearest(to: text, among: named.map(\.name)).map { "did you mean `\($0)`?" }
        throw Failure(
            .notFound, "there is no agent `\(text.prefix(100))`",
            next: near ?? "known are \(named.map(\.name).joined(separator: ", ")), or a profile in a file")
    }

    /// - Throws: `notFound` where the file is not there, `invalidArgument` where it holds no profile.
    public init(file path: String) throws(Failure) { try self.init(YAMLNode(file: path).json()) }

    /// - Throws: `invalidArgument` that names the key at fault.
    public init(_ value: JSONValue) throws(Failure) {
        guard let members = value.object, let name = members["name"]?.string, !name.isEmpty else {
            throw Failure(.invalidArgument, "a profile of an agent is a mapping with a `name`")
        }
        let keys = [
            "agent", "name", "title", "observations", "image", "actions", "agents", "libraries", "needs", "adapters",
        ]
        if let strange = members.keys.first(where: { !keys.contains($0) }) {
            let near = nearest(to: strange, among: keys).map { "did you mean `\($0)`?" } ?? ""
            throw Failure(.invalidArgument, "the profile has an unknown key `\(strange.prefix(80))`", next: near)
        }
        var needs: [Need] = []
        for text in try Self.texts(members, "needs") ?? [] { needs.append(try Need(text)) }
        let libraries = (members["libraries"]?.object ?? [:]).compactMap { row in row.value.string.map { (row.key, $0) }
        }
        self.init(
            name, members["title"]?.string ?? name,
            reads: try Self.choices(members, "observations", Reading.init) ?? [.any],
            writes: try Self.choices(members, "actions", Writing.init) ?? [.any],
            image: try Self.image(members["image"]),
            agents: try Self.choices(members, "agents", Company.init) ?? [.single],
            libraries: Dictionary(libraries) { first, _ in first }, needs: needs,
            adapters: Set(try Self.choices(members, "adapters", Adapter.init) ?? Adapter.allCases))
    }

    private static func texts(_ members: JSONObject, _ key: String) throws(Failure) -> [String]? {
        guard let value = members[key] else { return nil }
        guard let array = value.array, case let texts = array.compactMap(\.string), texts.count == array.count else {
            throw Failure(.invalidArgument, "`\(key)` of a profile is a list of texts", details: ["field": key])
        }
        return texts
    }

    private static func choices<Choice: CaseIterable & RawRepresentable>(
        _ members: JSONObject, _ key: String, _ make: (String) -> Choice?
    ) throws(Failure) -> [Choice]? where Choice.RawValue == String {
        guard let texts = try texts(members, key) else { return nil }
        var found: [Choice] = []
        for text in texts {
            guard let choice = make(text) else {
                throw Failure(
                    .invalidArgument, "`\(text.prefix(80))` is nothing that `\(key)` of a profile knows",
                    next: "known are \(Choice.allCases.map(\.rawValue).joined(separator: ", "))",
                    details: ["field": key])
            }
            found.append(choice)
        }
        return found
    }

    private static func image(_ value: JSONValue?) throws(Failure) -> Image {
        guard let value else { return Image() }
        func size(_ key: String) throws(Failure) -> Int? {
            guard let found = value[key] else { return nil }
            guard let number = found.integer, (1...65536).contains(number) else {
                throw Failure(.invalidArgument, "`image.\(key)` of a profile is a number from 1 to 65536")
            }
            return Int(number)
        }
        var image = Image(height: try size("height"), width: try size("width"))
        image.frames = try size("frames") ?? 1
        if let channels = value["channels"]?.array { image.channels = channels.compactMap { $0.integer.map(Int.init) } }
        return image
    }
}

extension AgentProfile {
    /// The profile as `init(_:)` reads it.
    public var json: JSONValue {
        func texts(_ values: [String]) -> JSONValue { .array(values.map(JSONValue.string)) }
        var image: JSONObject = ["channels": .array(self.image.channels.map { .integer(Int64($0)) })]
        if let height = self.image.height { image["height"] = .integer(Int64(height)) }
        if let width = self.image.width { image["width"] = .integer(Int64(width)) }
        if self.image.frames > 1 { image["frames"] = .integer(Int64(self.image.frames)) }
        return [
            "name": .string(name), "title": .string(title), "observations": texts(observations.map(\.rawValue)),
            "image": .object(image), "actions": texts(actions.map(\.rawValue)), "agents": texts(agents.map(\.rawValue)),
            "libraries": .object(
                JSONObject(libraries.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) })),
            "needs": texts(needs.map(\.words)),
            "adapters": texts(adapters.map(\.rawValue).sorted()),
        ]
    }
}
