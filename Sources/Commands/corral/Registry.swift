import Bundles
import Catalog
import CatalogSQLite
import Configuration
import Foundations
import Manifests
import Publishing
import Reactor
import Sandboxes
import Sessions

/// The catalog that a configuration names, with its blobs and caches.
struct Registry: Sendable {
    let store: any CatalogStore
    let blobs: BlobStore
    let uploads: UploadStore
    let versions: VersionCache
    private let data: String

    /// Opens the catalog; makes it where there is none.
    static func open(_ configuration: Configuration) async throws(Failure) -> Registry {
        let data = configuration[ServerKeys.data]
        let place = configuration[ServerKeys.catalog] ?? "\(data)/corral.db"
        return try await offload { () throws(Failure) in
            let blobs = try BlobStore(folder: data + "/blobs")
            return Registry(
                store: try SQLiteCatalogStore(path: place), blobs: blobs,
                uploads: try UploadStore(folder: data + "/uploads", blobs: blobs),
                versions: try VersionCache(folder: data + "/cache/versions", blobs: blobs), data: data)
        }
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
