import Catalog
import Digest
import Foundations
import JSON
import Manifests
import Signing

/// Everything that is known about a version and its environment.
public struct EnvironmentCard: Sendable {
    public let manifest: Manifest
    public let shown: Candidate
    public let candidates: Candidates
    /// Those of the catalog, from the oldest to the newest.
    public let records: [VersionRecord]
    /// The digests of the versions of the server's folder.
    public let folder: Set<String>
    /// Nil where only the worker knows them.
    public let instances: [String]?
    /// Nil for an environment that the catalog does not have.
    public let environment: EnvironmentRecord?
    /// Of the version that is shown, the newest first.
    public let attestations: [Attestation]
    public let owners: [String]

    /// The card of a version that only a folder has.
    public init(_ entry: ManifestFolder.Entry, in folder: ManifestFolder) {
        let versions = folder.entries.filter { $0.manifest.name == entry.manifest.name }.map {
            Candidate(version: $0.manifest.version, digest: $0.digest, state: .unreviewed)
        }
        self.init(
            manifest: entry.manifest,
            shown: Candidate(version: entry.manifest.version, digest: entry.digest, state: .unreviewed),
            candidates: Candidates(name: entry.manifest.name, versions: versions, aliases: [:]), records: [],
            folder: Set(versions.map(\.digest)), instances: entry.instances, environment: nil, attestations: [],
            owners: [])
    }

    init(
        manifest: Manifest, shown: Candidate, candidates: Candidates, records: [VersionRecord], folder: Set<String>,
        instances: [String]?, environment: EnvironmentRecord?, attestations: [Attestation], owners: [String]
    ) {
        self.manifest = manifest
        self.shown = shown
        self.candidates = candidates
        self.records = records
        self.folder = folder
        self.instances = instances
        self.environment = environment
        self.attestations = attestations
        self.owners = owners
    }

    /// The members of a listing, and all else.
    public var json: JSONObject {
        let listing = Listing(
            manifest, digest: shown.digest, state: shown.state,
            metadata: environment?.metadata ?? EnvironmentMetadata(), checks: [],
            versions: candidates.versions.count, createdAt: environment?.createdAt,
            updatedAt: environment?.updatedAt,
            source: records.contains { $0.digest == shown.digest } ? "catalog" : "folder")
        var members = listing.summary
        members["state_detail"] = .object(shown.state.wire)
        members["manifest"] = .object(manifest.document)
        members["versions"] = .array(candidates.versions.map { .string("\($0.version)") })
        members["releases"] = .array(candidates.versions.map { .object(release($0)) })
        members["aliases"] = .object(
            JSONObject(candidates.aliases.sorted { $0.key < $1.key }.map { ($0.key, .string("\($0.value)")) }))
        members["owners"] = .array(owners.map(JSONValue.string))
        members["instances"] = instances.map { .array($0.map(JSONValue.string)) } ?? .null
        members["attestations"] = .array(attestations.map { .object($0.summary) })
        members["admission"] = admission.map { .object($0) } ?? .null
        return members
    }

    /// What the last admission check found and measured.
    private var admission: JSONObject? {
        guard let kept = attestations.first(where: { $0.kind == Attestation.admission }),
            let envelope = try? Envelope(parsing: kept.envelope),
            let statement = try? Statement(parsing: envelope.payload),
            let digest = Digest32(hex: shown.digest), statement.isAbout(sha256: digest)
        else { return nil }
        return Self.admission(statement.predicate)
    }

    /// What a card tells of the report of an admission check.
    public static func admission(_ report: JSONValue) -> JSONObject {
        let names = ["verdict", "started_at", "seconds", "checker", "isolation", "findings", "measured", "not_covered"]
        return JSONObject(names.compactMap { name in report[name].map { (name, $0) } })
    }

    private func release(_ candidate: Candidate) -> JSONObject {
        let record = records.first { $0.digest == candidate.digest }
        return candidate.members(record: record, source: record == nil ? "folder" : "catalog")
    }
}

extension Candidate {
    func members(record: VersionRecord?, source: String) -> JSONObject {
        [
            "version": .string("\(version)"), "digest": .string("sha256:\(digest)"),
            "state": .string(state.name.rawValue), "state_detail": .object(state.wire),
            "source": .string(source),
            "bundle": record.map { .string("sha256:\($0.bundle.digest)") } ?? .null,
            "size": record.map { .integer($0.bundle.size) } ?? .null,
            "published_at": record.map { .string($0.publishedAt.rfc3339) } ?? .null,
            "published_by": record.map { .string($0.publishedBy) } ?? .null,
        ]
    }
}

extension VersionRecord {
    /// As the API shows a version by itself.
    public var json: JSONObject {
        var members: JSONObject = ["reference": .string(reference), "name": .string("\(name)")]
        let candidate = Candidate(version: version, digest: digest, state: state)
        for (key, value) in candidate.members(record: self, source: "catalog") { members[key] = value }
        members["warnings"] = .array(state.warnings(of: reference).map(JSONValue.string))
        return members
    }
}

extension VersionState {
    /// The JSON form with times as the API writes them.
    var wire: JSONObject {
        var members = json
        if case .deprecated(let deprecation) = self { members["since"] = .string(deprecation.since.rfc3339) }
        return members
    }
}

extension Attestation {
    public var summary: JSONObject {
        [
            "kind": .string(kind), "result": .string(result), "created_at": .string(createdAt.rfc3339),
            "created_by": .string(createdBy),
        ]
    }
}

extension HistoryEntry {
    public var json: JSONObject {
        [
            "sequence": .integer(sequence), "at": .string(at.rfc3339), "by": .string(by),
            "action": .string(action), "version": version.map(JSONValue.string) ?? .null, "reason": .string(reason),
            "details": .object(details),
        ]
    }
}

extension EnvironmentRecord {
    public var json: JSONObject {
        [
            "name": .string("\(name)"), "metadata": .object(metadata.json),
            "aliases": .object(JSONObject(aliases.sorted { $0.key < $1.key }.map { ($0.key, .string("\($0.value)")) })),
            "created_at": .string(createdAt.rfc3339), "created_by": .string(createdBy),
            "updated_at": .string(updatedAt.rfc3339),
        ]
    }
}

extension ManifestFolder {
    /// A listing of every version.
    public var listings: [Listing] {
        let counts = entries.reduce(into: [:]) { $0[$1.manifest.name, default: 0] += 1 }
        return entries.map { entry in
            Listing(
                entry.manifest, digest: entry.digest, state: .unreviewed, metadata: EnvironmentMetadata(), checks: [],
                versions: counts[entry.manifest.name] ?? 1, createdAt: nil, updatedAt: nil, source: "folder")
        }
    }
}
