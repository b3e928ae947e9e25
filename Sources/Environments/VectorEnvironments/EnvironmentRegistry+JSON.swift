import Foundations
import JSON

extension EnvironmentRegistry.Listing {
    /// `{"id","configuration","simulators","default_simulator"}`.
    public var json: JSONObject {
        [
            "id": .string(name), "configuration": .string(configuration),
            "simulators": .array(simulators.map { .string($0.rawValue) }),
            "default_simulator": defaultSimulator.map { .string($0.rawValue) } ?? .null,
        ]
    }
}

extension EnvironmentRegistry {
    /// A listing with the spaces, the configuration's defaults and the time limit in steps.
    public func describe(_ name: String) throws(Failure) -> JSONObject {
        let configuration = try configuration(name)
        let environment = try make(name)
        var form = list().first { $0.name == name }?.json ?? JSONObject()
        form["defaults"] = try configuration.json()
        form["max_episode_steps"] = configuration.maxEpisodeSteps.map { .integer(Int64($0)) } ?? .null
        form["observation_space"] = environment.layout.observationSpace.json
        form["action_space"] = environment.layout.actionSpace.json
        return form
    }
}
