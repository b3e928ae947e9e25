import Foundations
import HTTP
import JSON
import RLConfigurations

extension RESTAPI {
    func rlConfigurations(_ call: Call) async throws(Failure) -> HTTPResponse {
        let environment = try await environments.find(call.parameters["reference"] ?? "", caller: call.caller)
        let names = Self.trainingNames(of: environment)
        let settings: [RLConfiguration]
        switch (call.query("library"), call.query("backend")) {
        case (let library?, let backend?):
            settings = [try trainingSettings.find(names, library: library, backend: backend)]
        case (let library, let backend):
            settings = trainingSettings.all(of: names).filter {
                $0.library == library ?? $0.library && $0.backend == backend ?? $0.backend
            }
        }
        return .json([
            "environment": environment["reference"] ?? .null, "settings": .array(settings.map(\.json)),
        ])
    }

    /// What settings may call an environment: a Gymnasium id of its, its name with or without the namespace, or that with
    /// its major version.
    private nonisolated static func trainingNames(of environment: JSONValue) -> [String] {
        let name = environment["name"]?.string ?? ""
        let listed = environment["gymnasium"]?.array?.compactMap(\.string) ?? []
        let short = name.split(separator: "/").last.map(String.init) ?? name
        let major = environment["version"]?.string?.prefix { $0 != "." } ?? ""
        return listed + [name, short, "\(short)-v\(major)"]
    }
}
