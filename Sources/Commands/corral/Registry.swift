import AccessKeys
import Bundles
import Catalog
import CatalogPostgres
import CatalogSQLite
import Configuration
import Foundations
import Glibc
import Logging
import Manifests
import Publishing
import Reactor
import Review
import Sandboxes
import Sessions

/// The catalog that a configuration names, with its blobs and caches.
struct Registry: Sendable {
    let store: any CatalogStore & AccessStore
    let blobs: BlobStore
    let uploads: UploadStore
    let versions: VersionCache
    private let data: String

    /// Opens the catalog; makes it where there is none.
    static func open(_ configuration: Configuration) async throws(Failure) -> Registry {
        let data = configuration[ServerKeys.data]
        let place = path(configuration)
        return try await offload { () throws(Failure) in
            let blobs = try BlobStore(folder: data + "/blobs")
            return Registry(
                store: try store(place), blobs: blobs,
                uploads: try UploadStore(folder: data + "/uploads", blobs: blobs),
                versions: try VersionCache(folder: data + "/cache/versions", blobs: blobs), data: data)
        }
    }

    private static func store(_ place: String) throws(Failure) -> any CatalogStore & AccessStore {
        let schemes = ["postgresql://", "postgres://"]
        if schemes.contains(where: place.hasPrefix) { return try PostgresCatalogStore(url: place) }
        return try SQLiteCatalogStore(path: place)
    }

    /// Where the catalog of a configuration is.
    static func path(_ configuration: Configuration) -> String {
        configuration[ServerKeys.catalog] ?? configuration[ServerKeys.data] + "/corral.db"
    }

    /// The packages of published versions; nil where the server starts no processes.
    func packages(_ backends: Backends, python: String) async throws(Failure) -> PackageCache? {
        let kinds: [LaunchPlan.Backend] = [.process, .plain]
        guard let kind = kinds.first(where: { backends.all[$0] != nil }), let backend = backends.all[kind] else {
            return nil
        }
        return try await PackageCache(
            folder: data + "/cache/packages",
            settings: .init(python: python, environment: environmentVariables()), backend: backend,
            isFenced: kind == .process)
    }
}

extension ReviewDesk {
    /// By the policy of a configuration, which is read again whenever the desk is told to.
    ///
    /// - Parameter callers: Nil where only this process calls.
    static func make(
        _ configuration: Configuration, _ callers: KeyRing?, store: any CatalogStore, logger: Logger
    ) async throws(Failure) -> ReviewDesk {
        let path = configuration[ServerKeys.policy]
        let hasFile = configuration[ServerKeys.keys] != nil
        return try await ReviewDesk(
            store: store, keys: configuration.keyStore, logger: logger, hasKeys: { callers?.isInUse ?? hasFile }
        ) { () throws(Failure) in
            try path.map { (path) throws(Failure) in try ReviewPolicy(file: path) }
        }
    }
}

/// A path of the command line, from the root.
func absolutePath(_ path: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    guard let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    return String(cString: folder) + "/" + path
}
