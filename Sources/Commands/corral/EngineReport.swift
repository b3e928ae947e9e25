import Containers
import Foundations
import JSON
import Sandboxes

/// What a server's container engine is and gives, for people and for `GET /v1/capabilities`.
struct EngineReport {
    let json: JSONValue
    let check: HostCheck

    /// - Parameter problem: Why there is no backend.
    static func make(_ backend: DockerBackend?, problem: Failure?) async -> EngineReport {
        guard let backend else {
            return EngineReport(address: nil, problem ?? Failure(.unavailable, "no container engine is used"))
        }
        do throws(Failure) {
            return EngineReport(address: backend.engine.address, try await backend.engine.information())
        } catch { return EngineReport(address: backend.engine.address, error) }
    }

    private init(address: EngineAddress, _ information: EngineInformation) {
        let version = information.version
        let isHard = information.limitsMemory && information.limitsProcesses
        json = [
            "address": .string("\(address)"), "available": true, "name": .string(version.name),
            "version": .string(version.version), "api": .string("\(version.api)"),
            "storage": .string(information.storage), "cgroup_driver": .string(information.cgroupDriver),
            "cgroup_version": .string(information.cgroupVersion), "hard_limits": .bool(isHard),
        ]
        let text =
            "\(version.name) \(version.version), API \(version.api), storage \(information.storage), cgroup version "
            + "\(information.cgroupVersion) (\(information.cgroupDriver)), limits \(isHard ? "hard" : "soft")"
        check = HostCheck(name: "engine", isFine: isHard, text: text)
    }

    private init(address: EngineAddress?, _ problem: Failure) {
        json = [
            "address": address.map { .string("\($0)") } ?? .null, "available": false,
            "reason": .string(problem.details["reason"] ?? problem.code.rawValue),
            "message": .string(problem.message), "next": .string(problem.next),
        ]
        check = HostCheck(name: "engine", isFine: false, text: "\(problem.message); \(problem.next)")
    }
}
