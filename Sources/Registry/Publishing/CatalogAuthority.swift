import Bundles
import Catalog
import Foundations
import Manifests
import Reactor
import Sessions

/// Issues plans for the versions of a catalog and of the server's folder of manifests, served together.
public struct CatalogAuthority: LaunchAuthority {
    private let folder: ManifestAuthority
    private let store: any CatalogStore
    private let versions: VersionCache
    private let packages: PackageCache?
    private let policy: any StartPolicy

    /// - Parameters:
    ///   - folder: Plans whatever was found, also here.
    ///   - packages: Nil where the server starts no processes.
    public init(
        folder: ManifestAuthority, store: any CatalogStore, versions: VersionCache, packages: PackageCache?,
        policy: any StartPolicy
    ) {
        self.folder = folder
        self.store = store
        self.versions = versions
        self.packages = packages
        self.policy = policy
    }

    public func plan(for request: SessionRequest, caller: Caller) async throws(Failure) -> LaunchPlan {
        let meaning = try await Meaning.find(
            try Reference(request.environment), in: folder.folder, store, caller: caller)
        let name = meaning.candidates.name
        try caller.require(.runner, in: name.namespace ?? "", for: "\(name)")
        let chosen = try meaning.candidates.resolve(meaning.constraint)
        try await policy.checkStart(of: chosen, of: meaning.candidates.name, caller: caller)
        let entry = try await entry(of: chosen, meaning)
        var plan = try await folder.plan(entry, for: request, caller: caller)
        plan.warnings = chosen.state.warnings(of: "\(meaning.candidates.name)@\(chosen.version)")
        if case .deprecated(let deprecation) = chosen.state { plan.deprecatedSince = deprecation.since }
        return plan
    }

    public func confirm(_ plan: LaunchPlan, caller: Caller) async throws(Failure) {
        let reference = try Reference(plan.reference)
        guard case .exact(let version) = reference.constraint else {
            throw Failure(.internal, "\(plan.reference) names no version")
        }
        let digest = String(plan.digest.drop { $0 != ":" }.dropFirst())
        let state = try await store.version(digest: digest)?.state ?? .unreviewed
        try state.checkStart(of: plan.reference, byDigest: true)
        let candidate = Candidate(version: version, digest: digest, state: state)
        try await policy.checkStart(of: candidate, of: reference.name, caller: caller)
    }

    /// What a reference means, whatever its state, ready to be started by an authority that is no caller's: checks run
    /// before a policy says yes.
    ///
    /// - Throws: `not_found`, `invalid_argument`, `failed_precondition` where its packages cannot be installed.
    public func entry(for reference: String) async throws(Failure) -> ManifestFolder.Entry {
        let meaning = try await Meaning.find(try Reference(reference), in: folder.folder, store, caller: .local)
        return try await entry(of: try meaning.candidates.find(meaning.constraint), meaning)
    }

    /// The exact version that a reference means, whatever its state.
    ///
    /// - Parameter roles: Of which the caller needs one.
    /// - Throws: `not_found`, `permission_denied`, `invalid_argument`, `conflict`.
    public func identify(
        _ reference: String, caller: Caller, roles: Caller.Role...
    ) async throws(Failure) -> (reference: String, digest: String) {
        let meaning = try await Meaning.find(try Reference(reference), in: folder.folder, store, caller: caller)
        let name = meaning.candidates.name
        try caller.require(roles, in: name.namespace ?? "", for: "\(name)")
        let found = try meaning.candidates.find(meaning.constraint)
        return ("\(name)@\(found.version)", found.digest)
    }

    /// The version that a new one follows: what users of its major version have now. Nil where there is none.
    ///
    /// - Throws: As `entry(for:)`.
    public func previous(to manifest: Manifest) async throws(Failure) -> ManifestFolder.Entry? {
        let meaning: Meaning
        do throws(Failure) {
            meaning = try await Meaning.find(Reference(manifest.name, .any), in: folder.folder, store, caller: .local)
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
        guard meaning.candidates.name == manifest.name,
            let chosen = meaning.candidates.predecessor(of: manifest.version)
        else { return nil }
        return try await entry(of: chosen, meaning)
    }

    private func entry(of chosen: Candidate, _ meaning: Meaning) async throws(Failure) -> ManifestFolder.Entry {
        if let own = meaning.folder[chosen.digest] { return own }
        return try await published(chosen)
    }

    /// A version of the catalog, unpacked, with the interpreter that has its packages.
    private func published(_ chosen: Candidate) async throws(Failure) -> ManifestFolder.Entry {
        guard let record = try await store.version(digest: chosen.digest) else {
            throw Failure(.notFound, "the version sha256:\(chosen.digest) is not in the catalog any more")
        }
        let versions = versions
        var entry = try await offload { () throws(Failure) in
            try versions.entry(digest: record.digest, bundle: record.bundle.digest)
        }
        let (launch, backend) = try folder.choose(entry.manifest)
        guard backend != .docker, let path = launch.lock else { return entry }
        guard let packages else {
            throw Failure(.failedPrecondition, "this server installs no packages, and \(record.reference) needs some")
        }
        let file = "\(entry.directory)/\(path)"
        let lock = try await offload { () throws(Failure) in try RequirementsLock(file: file, name: path) }
        entry.python = try await packages.python(for: lock)
        return entry
    }
}
