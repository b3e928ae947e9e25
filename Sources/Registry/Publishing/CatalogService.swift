import Bundles
import Catalog
import Foundations
import JSON
import Manifests
import Reactor
import Sessions

/// The catalog of one server as doors call it: who may do what, blobs beside records, the folder beside the store.
public final class CatalogService: Sendable {
    public let store: any CatalogStore
    public let folder: ManifestFolder
    public let policy: any StartPolicy
    let blobs: BlobStore
    let uploads: UploadStore
    let versions: VersionCache
    private let listings: FolderSearch

    public init(
        store: any CatalogStore, folder: ManifestFolder, blobs: BlobStore, uploads: UploadStore, versions: VersionCache,
        policy: any StartPolicy
    ) {
        self.store = store
        self.folder = folder
        self.blobs = blobs
        self.uploads = uploads
        self.versions = versions
        self.policy = policy
        listings = FolderSearch(folder.listings)
    }

    // MARK: Finding

    public func search(_ query: SearchQuery, caller: Caller) async throws(Failure) -> SearchPage {
        guard let query = caller.visible(query) else { return SearchPage(hits: [], next: nil) }
        guard let rest = listings.remainder(of: query) else {
            var page = listings.page(query, joining: nil)
            // Facets count everything, also where the folder fills the page.
            guard query.wantsFacets else { return page }
            var all = query
            (all.after, all.limit) = (nil, 1)
            page = listings.page(
                query, joining: SearchPage(hits: [], next: nil, facets: try await store.search(all).facets))
            page.hits = Array(page.hits.prefix(query.limit))
            page.next = listings.page(query, joining: nil).next
            return page
        }
        return listings.page(query, joining: try await store.search(rest))
    }

    /// Everything about the version that a reference means, whatever its state.
    ///
    /// - Throws: `not_found`, `invalid_argument`, `conflict`.
    public func card(_ text: String, caller: Caller) async throws(Failure) -> EnvironmentCard {
        let meaning = try await Meaning.find(try Reference(text), in: folder, store, caller: caller)
        let shown = try meaning.candidates.find(meaning.constraint)
        let records = try await store.versions(of: meaning.candidates.name)
        let record = records.first { $0.digest == shown.digest }
        var entry = meaning.folder[shown.digest]
        if entry == nil, let record { entry = try? await unpacked(record) }
        var manifest = entry?.manifest
        if manifest == nil { manifest = try record?.manifest() }
        guard let manifest else {
            throw Failure(.notFound, "\(meaning.candidates.name)@\(shown.version) is not in the catalog any more")
        }
        return EnvironmentCard(
            manifest: manifest, shown: shown, candidates: meaning.candidates, records: records,
            folder: Set(meaning.folder.keys), instances: entry?.instances ?? Self.listed(manifest),
            environment: records.isEmpty ? nil : try await store.environment(meaning.candidates.name),
            attestations: try await store.attestations(of: shown.digest, kind: nil),
            owners: records.isEmpty ? [] : try await store.owners(of: meaning.candidates.name.namespace ?? ""))
    }

    private static func listed(_ manifest: Manifest) -> [String]? {
        switch manifest.instances {
        case .single: []
        case .list(let names): names
        case .files, .ask: nil
        }
    }

    /// A version of the catalog as a folder of manifests would have it.
    ///
    /// - Throws: `not_found`, `failed_precondition` where its bytes are not those of its digest.
    public func unpacked(_ record: VersionRecord) async throws(Failure) -> ManifestFolder.Entry {
        try await offload { [versions] () throws(Failure) in
            try versions.entry(digest: record.digest, bundle: record.bundle.digest)
        }
    }

    /// The version of the catalog that a reference means, whatever its state.
    ///
    /// - Throws: `not_found`, also for what the caller may not see.
    public func record(_ text: String, caller: Caller) async throws(Failure) -> VersionRecord {
        let reference = try Reference(text)
        let (candidates, constraint) = try await meant(by: reference, caller)
        let found = try candidates.find(constraint)
        guard let record = try await store.version(digest: found.digest) else {
            throw Failure(.notFound, "\(candidates.name)@\(found.version) is not in the catalog any more")
        }
        return record
    }

    private func meant(
        by reference: Reference, _ caller: Caller
    ) async throws(Failure) -> (Candidates, Constraint) {
        do throws(Failure) {
            let (candidates, constraint) = try await store.meant(by: reference)
            if caller.sees(candidates.name) { return (candidates, constraint) }
        } catch {
            // What tells of others' environments is not for everybody.
            guard !caller.seesAll, [.notFound, .conflict].contains(error.code) else { throw error }
        }
        throw Failure(unseen: "\(reference.name)")
    }

    /// The archive of a version of the catalog, verified. Who reviews or publishes in its namespace may see it before it
    /// may be started.
    ///
    /// - Throws: What a start of it throws, where state or policy do not allow one.
    public func bundle(_ text: String, caller: Caller) async throws(Failure) -> (record: VersionRecord, bytes: [UInt8])
    {
        let record = try await record(text, caller: caller)
        let namespace = record.name.namespace ?? ""
        if !caller.has(.reviewer, in: namespace), !caller.has(.publisher, in: namespace) {
            let constraint = try Reference(text).constraint
            let isByDigest = if case .digest = constraint { true } else { false }
            try record.state.checkStart(of: record.reference, byDigest: isByDigest)
            let candidate = Candidate(version: record.version, digest: record.digest, state: record.state)
            try await policy.checkStart(of: candidate, of: record.name, caller: caller)
        }
        let bytes = try await offload { [blobs] () throws(Failure) in try blobs.get(record.bundle.digest) }
        return (record, bytes)
    }

    // MARK: Changing

    /// Registers the version in a bundle that was uploaded.
    ///
    /// - Parameter bundle: SHA-256, 64 lower-case hexadecimal digits.
    /// - Throws: What `Bundle.checkPublishable` and `CatalogStore.publish` throw; `permission_denied` for a namespace of
    ///   the server's folder.
    public func publish(bundle: String, reason: String, caller: Caller) async throws(Failure) -> Publication {
        try caller.requireSomewhere([.publisher], for: "publish")
        let archive = try await offload { [blobs] () throws(Failure) in
            let archive = try Bundle(reading: try blobs.get(bundle))
            try archive.checkPublishable()
            return archive
        }
        let name = archive.manifest.name
        let principal = try caller.principal(.publisher, in: name.namespace ?? "", for: "publish \(name)")
        let isFolders = folder.entries.contains { $0.manifest.name.namespace == name.namespace }
        guard !isFolders || principal.isAdmin else {
            throw caller.denied(
                "the namespace `\(name.namespace ?? "")` belongs to the server's own environments",
                next: "publish in another namespace")
        }
        let submission = Submission(
            manifest: archive.manifest, digest: archive.versionDigest,
            bundle: BundleReference(digest: bundle, size: Int64(archive.bytes.count)),
            state: policy.initialState(for: name, caller: caller), reason: reason)
        return try await noting(caller) { () async throws(Failure) in
            try await store.publish(submission, by: principal, at: .now)
        }
    }

    /// What publishers do to a version; what reviewers do goes by the policy, and not by here.
    public func apply(
        _ transition: Transition, to text: String, note: String, caller: Caller
    ) async throws(Failure) -> VersionRecord {
        guard transition.name.role == .publisher else {
            throw Failure(.internal, "\(transition.name.rawValue) is a matter of reviews")
        }
        let record = try await record(text, caller: caller)
        let principal = try caller.principal(
            transition.name.role, in: record.name.namespace ?? "",
            for: "\(transition.name.rawValue) \(record.reference)")
        return try await noting(caller) { () async throws(Failure) in
            try await store.apply(
                transition, to: record.version, of: record.name, by: principal, note: note, at: .now)
        }
    }

    public func setAlias(
        _ alias: String, of name: EnvironmentName, to version: SemanticVersion?, reason: String, caller: Caller
    ) async throws(Failure) -> EnvironmentRecord {
        let principal = try caller.principal(.publisher, in: name.namespace ?? "", for: "change aliases of \(name)")
        return try await noting(caller) { () async throws(Failure) in
            try await store.setAlias(alias, of: name, to: version, by: principal, reason: reason, at: .now)
        }
    }

    public func update(
        _ name: EnvironmentName, to metadata: EnvironmentMetadata, reason: String, caller: Caller
    ) async throws(Failure) -> EnvironmentRecord {
        let principal = try caller.principal(.publisher, in: name.namespace ?? "", for: "update \(name)")
        return try await noting(caller) { () async throws(Failure) in
            try await store.update(name, to: metadata, by: principal, reason: reason, at: .now)
        }
    }

    public func changeOwners(
        of namespace: String, adding: [String], removing: [String], caller: Caller
    ) async throws(Failure) -> [String] {
        let principal = try caller.principal(.publisher, in: namespace, for: "change owners of `\(namespace)`")
        return try await noting(caller) { () async throws(Failure) in
            try await store.changeOwners(of: namespace, adding: adding, removing: removing, by: principal, at: .now)
        }
    }

    /// A change by the store, which knows who owns what: whoever keeps track of refusals is told of its own too.
    private func noting<Value: Sendable>(
        _ caller: Caller, _ change: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        do throws(Failure) { return try await change() } catch {
            throw error.code == .permissionDenied ? caller.denied(error.message, next: error.next) : error
        }
    }

    /// Who owns a namespace.
    ///
    /// - Throws: `not_found` where the caller may see nothing of it.
    public func owners(of namespace: String, caller: Caller) async throws(Failure) -> [String] {
        guard caller.has(.viewer, in: namespace) else {
            throw Failure(.notFound, "there is no namespace `\(namespace)`", next: "ask for a key with a role in it")
        }
        return try await store.owners(of: namespace)
    }
}
