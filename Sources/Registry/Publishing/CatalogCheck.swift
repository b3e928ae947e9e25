import Bundles
import Catalog
import Foundations
import JSON
import Manifests
import Reactor

/// Whether a catalog and its blobs belong together.
public struct CatalogCheck: Sendable {
    /// For people; empty where all is well.
    public private(set) var problems: [String] = []
    public private(set) var versions = 0
    /// Blobs that no version names, such as those of uploads that were never published.
    public private(set) var unused: [String] = []

    /// Reads everything: tables, bundles and digests.
    public static func run(_ store: any CatalogStore, _ blobs: BlobStore) async throws(Failure) -> CatalogCheck {
        var check = CatalogCheck()
        check.problems = try await store.problems()
        let bundles = try await store.bundles()
        for state in VersionState.Name.allCases {
            var last: String?
            while true {
                let page = try await store.versions(in: state, after: last, limit: 200)
                guard let end = page.last else { break }
                last = end.digest
                check.versions += page.count
                check.problems += await offload { page.compactMap { problem(of: $0, blobs) } }
            }
        }
        check.unused = await offload { blobs.digests().filter { !bundles.contains($0) } }
        return check
    }

    private static func problem(of record: VersionRecord, _ blobs: BlobStore) -> String? {
        do throws(Failure) {
            let bundle = try Bundle(reading: try blobs.get(record.bundle.digest))
            guard bundle.versionDigest == record.digest else {
                return "\(record.reference): its bundle has the digest sha256:\(bundle.versionDigest)"
            }
            guard bundle.manifest.document == record.document, Int64(bundle.bytes.count) == record.bundle.size else {
                return "\(record.reference): its manifest is not that of its bundle"
            }
            return nil
        } catch { return "\(record.reference): \(error.message)" }
    }
}
