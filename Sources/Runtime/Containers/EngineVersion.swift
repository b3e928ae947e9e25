import Foundations
import JSON

/// Which engine answers, and which version of the API is spoken with it.
public struct EngineVersion: Sendable, Hashable {
    /// `Docker Engine` or `Podman Engine`, as it says itself.
    public let name: String
    public let version: String
    /// Major and minor number, such as 1.41.
    public let api: APIVersion

    public struct APIVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
        public let major: Int
        public let minor: Int

        public init(_ major: Int, _ minor: Int) { (self.major, self.minor) = (major, minor) }

        init?(_ text: String) {
            let parts = text.split(separator: ".")
            guard parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1]) else { return nil }
            self.init(major, minor)
        }

        public var description: String { "\(major).\(minor)" }

        public static func < (left: APIVersion, right: APIVersion) -> Bool {
            (left.major, left.minor) < (right.major, right.minor)
        }
    }

    /// Podman's compatible socket, which differs from Docker Engine's in some things.
    public var isPodman: Bool { name.lowercased().hasPrefix("podman") }

    /// The oldest that has all that is asked for (a container's own cgroup namespace), and the newest that was tried.
    static let oldest = APIVersion(1, 41)
    static let newest = APIVersion(1, 47)

    /// Reads the answer to `/version`.
    ///
    /// - Throws: `sandbox_unavailable` for an engine that is too old, or too new to speak the newest version known here.
    init(_ answer: JSONValue) throws(Failure) {
        let platform = answer["Platform"]?["Name"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        let component = answer["Components"]?[0]?["Name"]?.string
        name = component == "Engine" ? "Docker Engine" : component ?? platform ?? "engine"
        version = answer["Version"]?.string ?? "unknown"
        let highest = answer["ApiVersion"]?.string.flatMap { APIVersion($0) }
        let lowest = answer["MinAPIVersion"]?.string.flatMap { APIVersion($0) } ?? Self.oldest
        guard let highest, highest >= Self.oldest, lowest <= Self.newest else {
            throw Failure(
                .sandboxUnavailable, .failed,
                "the engine speaks API \(highest.map(\.description) ?? "unknown"), and \(Self.oldest) is needed",
                next: "install Docker Engine 20.10 or newer")
        }
        api = max(lowest, min(highest, Self.newest))
    }

    var path: String { "/v\(api)" }
}
