import Foundations
import JSON
import Protos
import Sessions
import Workers

extension SessionRequest {
    /// `environment`, `instance` and `seed`; every other setting is a parameter of the environment.
    ///
    /// - Throws: `invalid_argument` naming the setting.
    init(_ settings: [String: V1.Tensor]) throws(Failure) {
        guard let tensor = settings["environment"] else {
            throw Failure(
                .invalidArgument, "the setting \"environment\" is missing",
                next: "name an environment, such as CartPole-v1",
                details: ["field": "environment"])
        }
        var parameters = JSONObject()
        for (name, tensor) in settings.sorted(by: { $0.key < $1.key })
        where !["environment", "instance", "seed"].contains(name) {
            parameters[name] = try tensor.json(name: name)
        }
        self.init(
            environment: try text(tensor, "environment"),
            instance: try settings["instance"].map { (tensor) throws(Failure) in try text(tensor, "instance") },
            parameters: parameters, seed: try seedSetting(settings), reset: false)
    }
}

/// Settings of calls that know nothing but a seed.
func onlySeed(_ settings: [String: V1.Tensor], of call: String) throws(Failure) -> Int64? {
    if let other = settings.keys.sorted().first(where: { $0 != "seed" }) {
        throw Failure(
            .invalidArgument, "\(call) has no setting \"\(other.prefix(100))\"", next: "it knows only seed",
            details: ["field": String(other.prefix(100))])
    }
    return try seedSetting(settings)
}

func worldID(_ name: String) throws(Failure) -> UniqueID {
    guard let id = UniqueID(name) else {
        throw Failure(.notFound, "there is no world \"\(name.prefix(100))\"", next: "send CreateWorld before")
    }
    return id
}

private func seedSetting(_ settings: [String: V1.Tensor]) throws(Failure) -> Int64? {
    guard let tensor = settings["seed"] else { return nil }
    guard let seed = try tensor.json(name: "seed").integer, seed >= 0 else {
        throw Failure(
            .invalidArgument, "the setting \"seed\" has to be an integer from 0", details: ["field": "seed"])
    }
    return seed
}

private func text(_ tensor: V1.Tensor, _ name: String) throws(Failure) -> String {
    guard let text = try tensor.json(name: name).string else {
        throw Failure(.invalidArgument, "the setting \"\(name)\" has to be a text", details: ["field": name])
    }
    return text
}

extension StepReply {
    /// Whether the end is one of the task, of all agents that are named, and not a cut.
    var isTerminated: Bool {
        switch terminated {
        case .single(let flag): flag
        case .each(let each): each.allSatisfy(\.value)
        }
    }
}
