import Foundations
import JSON
import Manifests
import Sessions

/// The environments of folders of manifests; every caller sees all of them.
public struct ManifestDirectory: EnvironmentDirectory {
    private let folder: ManifestFolder

    public init(_ folder: ManifestFolder) { self.folder = folder }

    public func list(caller: Caller) async throws(Failure) -> [JSONValue] { folder.entries.map(Self.summary) }

    public func find(_ reference: String, caller: Caller) async throws(Failure) -> JSONValue {
        let entry = try folder.resolve(reference)
        guard var members = Self.summary(entry).object else { return .null }
        members["manifest"] = .object(entry.manifest.document)
        members["versions"] = .array(
            folder.entries.filter { $0.manifest.name == entry.manifest.name }
                .map { .string($0.manifest.version.description) })
        members["instances"] = entry.instances.map { .array($0.map(JSONValue.string)) } ?? .null
        return .object(members)
    }

    private static func summary(_ entry: ManifestFolder.Entry) -> JSONValue {
        let manifest = entry.manifest
        return [
            "reference": .string("\(manifest.reference)"), "name": .string("\(manifest.name)"),
            "version": .string("\(manifest.version)"), "digest": .string("sha256:\(entry.digest)"),
            "title": .string(manifest.title), "description": .string(manifest.description),
            "license": manifest.license.map(JSONValue.string) ?? .null,
            "tags": .array(manifest.tags.map(JSONValue.string)),
            "gymnasium": .array(manifest.gymnasium.map(JSONValue.string)),
            "backends": .array(manifest.launches.map { .string($0.backend.rawValue) }),
            "agents": .string(manifest.agents.rawValue), "nondeterministic": .bool(manifest.isNondeterministic),
        ]
    }
}
