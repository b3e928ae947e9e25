import Catalog
import Foundations
import JSON
import Manifests
import Publishing
import Sessions

/// The environments of folders of manifests; every caller sees all of them.
public struct ManifestDirectory: EnvironmentDirectory {
    private let folder: ManifestFolder
    private let listings: FolderSearch

    public init(_ folder: ManifestFolder) {
        self.folder = folder
        listings = FolderSearch(folder.listings)
    }

    public func search(_ query: SearchQuery, caller: Caller) async throws(Failure) -> SearchPage {
        let isFull = listings.remainder(of: query) == nil
        return listings.page(query, joining: isFull ? nil : SearchPage(hits: [], next: nil))
    }

    public func find(_ reference: String, caller: Caller) async throws(Failure) -> JSONValue {
        .object(EnvironmentCard(try folder.resolve(reference), in: folder).json)
    }
}
