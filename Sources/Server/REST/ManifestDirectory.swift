import Catalog
import Foundations
import JSON
import Manifests
import Publishing
import Sessions

/// The environments of folders of manifests.
public struct ManifestDirectory: EnvironmentDirectory {
    private let folder: ManifestFolder
    private let listings: FolderSearch

    public init(_ folder: ManifestFolder) {
        self.folder = folder
        listings = FolderSearch(folder.listings)
    }

    public func search(_ query: SearchQuery, caller: Caller) async throws(Failure) -> SearchPage {
        guard let query = caller.visible(query) else { return SearchPage(hits: [], next: nil) }
        let isFull = listings.remainder(of: query) == nil
        return listings.page(query, joining: isFull ? nil : SearchPage(hits: [], next: nil))
    }

    public func find(_ reference: String, caller: Caller) async throws(Failure) -> JSONValue {
        let entry = try folder.resolve(reference)
        guard caller.sees(entry.manifest.name) else { throw Failure(unseen: reference) }
        return .object(EnvironmentCard(entry, in: folder).json)
    }
}
