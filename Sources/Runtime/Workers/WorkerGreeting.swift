import JSON
import Spaces

/// What a version 2 worker says of itself in answer to `hello`.
public struct WorkerGreeting: Sendable {
    public enum Capability: String, Sendable, CaseIterable {
        case seed, reseed, fork, snapshot, portable, render, batch, buffers, interrupt
    }

    public let name: String
    public let version: String
    public let packages: [String: String]
    /// Those that this build knows.
    public let capabilities: Set<Capability>
    /// Nil where the worker has no list.
    public let instances: [String]?
    /// Nil for a single agent.
    public let agents: [String]?

    public init(_ message: WorkerMessage) throws {
        try message.requireOK()
        let members = message.members
        guard members.integer("protocol") == 2 else {
            throw MalformedReply("the worker does not speak version 2 of the protocol")
        }
        let worker = members.value("worker")
        name = worker?["name"]?.string ?? "worker"
        version = worker?["version"]?.string ?? "unknown"
        packages = Dictionary(
            (worker?["packages"]?.object ?? [:]).compactMap { key, value in value.string.map { (key, $0) } },
            uniquingKeysWith: { first, _ in first })
        capabilities = Set((try Self.strings(members, "capabilities") ?? []).compactMap(Capability.init))
        instances = try Self.strings(members, "instances")
        agents = try Self.strings(members, "agents")
    }

    private static func strings(_ members: JSONMembers, _ key: String) throws(MalformedReply) -> [String]? {
        if members.isNull(key) { return nil }
        guard let array = members.value(key)?.array else { throw MalformedReply("\(key) is no array") }
        var strings: [String] = []
        for element in array {
            guard let string = element.string else { throw MalformedReply("\(key) has an element that is no string") }
            strings.append(string)
        }
        return strings
    }
}
