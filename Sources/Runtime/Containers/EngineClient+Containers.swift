import Foundations
import HTTPClient
import JSON
import Reactor

extension EngineClient {
    /// Makes a container without starting it.
    ///
    /// - Returns: Its id.
    public func create(_ name: String, _ configuration: ContainerConfiguration) async throws(Failure) -> String {
        let answer = try await call(
            "POST", "/containers/create?name=\(percentEncoded(name))", body: configuration.json,
            purpose: "make a container")
        guard let id = answer["Id"]?.string, !id.isEmpty else {
            throw Failure(.sandboxUnavailable, .failed, "the engine made a container without an id", next: "")
        }
        return id
    }

    public func start(_ id: String) async throws(Failure) {
        try await call("POST", "/containers/\(id)/start", purpose: "start a container")
    }

    /// Ends everything in a container and removes it; returns when nothing is left of it. One that is gone already, or
    /// on its way, is fine.
    public func remove(_ id: String) async throws(Failure) {
        do throws(Failure) {
            try await call(
                "DELETE", "/containers/\(id)?force=1&v=1", purpose: "remove a container", accepted: [404])
        } catch {
            guard error.code == .conflict else { throw error }
            try await call(
                "POST", "/containers/\(id)/wait?condition=removed", purpose: "see the end of a container",
                accepted: [404])
        }
    }

    /// How a container is: nil where there is none of that id.
    public func state(_ id: String) async throws(Failure) -> ContainerState? {
        do throws(Failure) {
            return ContainerState(
                try await call("GET", "/containers/\(id)/json", purpose: "describe a container")["State"] ?? .null)
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    /// The ids of all containers, running or not, that carry a label with a value.
    public func containers(label: String, value: String) async throws(Failure) -> [String] {
        let filters: JSONValue = ["label": [.string("\(label)=\(value)")]]
        let text = percentEncoded(String(decoding: filters.encoded(), as: UTF8.self))
        let answer = try await call("GET", "/containers/json?all=1&filters=\(text)", purpose: "list its containers")
        return (answer.array ?? []).filter { $0["Labels"]?[label]?.string == value }.compactMap { $0["Id"]?.string }
    }

    /// What the engine says of itself.
    public func information() async throws(Failure) -> EngineInformation {
        EngineInformation(
            version: try await agreedVersion(), answer: try await call("GET", "/info", purpose: "describe itself"))
    }
}

public struct ContainerState: Sendable, Hashable {
    public let isRunning: Bool
    public let exitCode: Int
    /// Why it did not start; empty where nothing is known.
    public let error: String

    init(_ answer: JSONValue) {
        isRunning = answer["Running"]?.bool ?? false
        exitCode = Int(answer["ExitCode"]?.integer ?? 0)
        error = answer["Error"]?.string ?? ""
    }
}

/// What `GET /info` says that matters here.
public struct EngineInformation: Sendable, Hashable {
    public let version: EngineVersion
    public let storage: String
    public let cgroupDriver: String
    public let cgroupVersion: String
    public let limitsMemory: Bool
    public let limitsProcesses: Bool
    public let limitsCores: Bool
    public let hasSeccomp: Bool

    init(version: EngineVersion, answer: JSONValue) {
        func flag(_ key: String) -> Bool { answer[key]?.bool ?? false }
        self.version = version
        storage = answer["Driver"]?.string ?? "unknown"
        cgroupDriver = answer["CgroupDriver"]?.string ?? "unknown"
        cgroupVersion = answer["CgroupVersion"]?.string ?? "1"
        let hasGroups = cgroupDriver != "none"
        limitsMemory = hasGroups && flag("MemoryLimit")
        limitsProcesses = hasGroups && flag("PidsLimit")
        limitsCores = hasGroups && (flag("CpuCfsQuota") || cgroupVersion == "2")
        hasSeccomp = (answer["SecurityOptions"]?.array ?? []).contains { $0.string?.contains("name=seccomp") == true }
    }
}
