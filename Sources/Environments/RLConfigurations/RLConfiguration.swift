import Foundations
import JSON

/// Training settings of one environment for one library and backend.
public struct RLConfiguration: Sendable, Hashable {
    /// The environment as its users name it, such as `CartPole-v1`.
    public let environment: String
    /// What trains: `corral` (the trainer of `corral.rl`), `sb3` (Stable-Baselines3), or another one's name.
    public let library: String
    /// What the library computes with: `torch`, `jax`.
    public let backend: String
    /// Such as `ppo`.
    public let algorithm: String
    /// Where the values come from; empty where nobody said.
    public let source: String
    /// The settings by the library's own names.
    public private(set) var values: JSONObject

    public init(
        environment: String, library: String, backend: String, algorithm: String, source: String = "",
        values: JSONObject
    ) {
        self.environment = environment
        self.library = library
        self.backend = backend
        self.algorithm = algorithm
        self.source = source
        self.values = values
    }

    /// These settings with some of the values replaced or added.
    public func overriding(_ changes: JSONObject) -> RLConfiguration {
        var changed = self
        for (name, value) in changes { changed.values[name] = value }
        return changed
    }

    public var json: JSONValue {
        [
            "environment": .string(environment), "library": .string(library), "backend": .string(backend),
            "algorithm": .string(algorithm), "source": .string(source), "values": .object(values),
        ]
    }

    var place: String { "\(environment) with \(library) on \(backend)" }
}
