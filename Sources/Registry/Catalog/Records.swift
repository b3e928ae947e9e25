import Foundations
import JSON
import Manifests

/// Who changes the catalog.
public struct Principal: Sendable, Hashable {
    public let id: String
    /// Whether it may change what others own.
    public let isAdmin: Bool

    /// The public part of the key that was shown; nil where there is none.
    public let key: String?

    public init(id: String, isAdmin: Bool, key: String? = nil) {
        self.id = id
        self.isAdmin = isAdmin
        self.key = key
    }
}

/// The bytes that a version was published as.
public struct BundleReference: Sendable, Hashable {
    /// SHA-256 in 64 lower-case hexadecimal digits.
    public let digest: String
    /// Bytes.
    public let size: Int64

    public init(digest: String, size: Int64) {
        self.digest = digest
        self.size = size
    }
}

/// One published version. All but its state stays as it is for ever.
public struct VersionRecord: Sendable, Hashable {
    public let name: EnvironmentName
    public let version: SemanticVersion
    /// Of manifest and files, 64 lower-case hexadecimal digits: what `@sha256:…` names.
    public let digest: String
    public let bundle: BundleReference
    /// The manifest as it was written.
    public let document: JSONObject
    public var state: VersionState
    /// How often it was submitted: what was approved before its last submission counts no more. 0 for never.
    public var round: Int64
    /// Who submitted it last; nil for nobody.
    public var submittedBy: String?
    public let publishedAt: Timestamp
    public let publishedBy: String

    public init(
        name: EnvironmentName, version: SemanticVersion, digest: String, bundle: BundleReference, document: JSONObject,
        state: VersionState, round: Int64 = 0, submittedBy: String? = nil, publishedAt: Timestamp, publishedBy: String
    ) {
        self.name = name
        self.version = version
        self.digest = digest
        self.bundle = bundle
        self.document = document
        self.state = state
        self.round = round
        self.submittedBy = submittedBy
        self.publishedAt = publishedAt
        self.publishedBy = publishedBy
    }

    /// Those who may not review it.
    public var submitters: Set<String> { Set([publishedBy, submittedBy].compactMap { $0 }) }

    /// `namespace/name@1.2.0`.
    public var reference: String { "\(name)@\(version)" }

    /// - Throws: `internal` where what is stored is no manifest.
    public func manifest() throws(Failure) -> Manifest {
        do { return try Manifest(json: .object(document)) } catch {
            throw Failure(.internal, "the stored manifest of \(reference) cannot be read: \(error.message)")
        }
    }
}

/// What is published.
public struct Submission: Sendable {
    public let manifest: Manifest
    public let digest: String
    public let bundle: BundleReference
    /// Where the version stands at first: what the policy of its namespace says.
    public let state: VersionState
    /// For the history.
    public let reason: String

    public init(
        manifest: Manifest, digest: String, bundle: BundleReference, state: VersionState = .unreviewed,
        reason: String = ""
    ) {
        self.manifest = manifest
        self.digest = digest
        self.bundle = bundle
        self.state = state
        self.reason = reason
    }
}

public struct Publication: Sendable {
    public let record: VersionRecord
    /// False where the very same version was there already.
    public let isNew: Bool

    public init(record: VersionRecord, isNew: Bool) {
        self.record = record
        self.isNew = isNew
    }
}

/// What is said about an environment, whatever its versions; it can change.
public struct EnvironmentRecord: Sendable, Hashable {
    public let name: EnvironmentName
    public var metadata: EnvironmentMetadata
    /// Each alias and the version that it names now.
    public var aliases: [String: SemanticVersion]
    public let createdAt: Timestamp
    public let createdBy: String
    public var updatedAt: Timestamp

    public init(
        name: EnvironmentName, metadata: EnvironmentMetadata, aliases: [String: SemanticVersion] = [:],
        createdAt: Timestamp, createdBy: String, updatedAt: Timestamp
    ) {
        self.name = name
        self.metadata = metadata
        self.aliases = aliases
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.updatedAt = updatedAt
    }
}

/// What stands in lists and cards; nil is taken from the version that is shown.
public struct EnvironmentMetadata: Sendable, Hashable {
    public var title: String?
    public var description: String?
    public var homepage: String?
    public var tags: [String]?

    public init(
        title: String? = nil, description: String? = nil, homepage: String? = nil, tags: [String]? = nil
    ) {
        self.title = title
        self.description = description
        self.homepage = homepage
        self.tags = tags
    }

    /// The JSON form; members that are nil are left out.
    public var json: JSONObject {
        var members = JSONObject()
        members["title"] = title.map(JSONValue.string)
        members["description"] = description.map(JSONValue.string)
        members["homepage"] = homepage.map(JSONValue.string)
        members["tags"] = tags.map { .array($0.map(JSONValue.string)) }
        return members
    }

    public init(json: JSONValue) {
        self.init(
            title: json["title"]?.string, description: json["description"]?.string, homepage: json["homepage"]?.string,
            tags: json["tags"]?.array?.compactMap(\.string))
    }
}

/// One line of the history: who did what to an environment, when and why.
public struct HistoryEntry: Sendable, Hashable {
    /// Grows with time within an environment.
    public let sequence: Int64
    public let environment: String
    /// Nil for what concerns the environment as a whole.
    public let version: String?
    public let at: Timestamp
    public let by: String
    /// `publish`, `update`, `set_alias`, `remove_alias`, or the name of a transition.
    public let action: String
    public let reason: String
    /// What belongs to the action: the state after it, the alias, the digest.
    public let details: JSONObject

    public init(
        sequence: Int64, environment: String, version: String?, at: Timestamp, by: String, action: String,
        reason: String, details: JSONObject
    ) {
        self.sequence = sequence
        self.environment = environment
        self.version = version
        self.at = at
        self.by = by
        self.action = action
        self.reason = reason
        self.details = details
    }
}

/// A signed statement about the bytes of a version, such as the record of an admission check.
public struct Attestation: Sendable, Hashable {
    /// The kind of the reports of admission checks.
    public static let admission = "admission"

    /// Of the version: 64 lower-case hexadecimal digits.
    public let digest: String
    /// What it is about: `admission`, `approval`, …
    public let kind: String
    /// One word that searches can ask for, such as `passed`; empty for none.
    public let result: String
    /// The DSSE envelope as it was signed.
    public let envelope: [UInt8]
    public let createdAt: Timestamp
    public let createdBy: String

    public init(
        digest: String, kind: String, result: String, envelope: [UInt8], createdAt: Timestamp, createdBy: String
    ) {
        self.digest = digest
        self.kind = kind
        self.result = result
        self.envelope = envelope
        self.createdAt = createdAt
        self.createdBy = createdBy
    }
}
