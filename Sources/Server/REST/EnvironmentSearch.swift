import Catalog
import Foundations
import JSON
import Publishing
import Sessions

extension EnvironmentDirectory {
    /// All summaries, sorted by name.
    package func list(caller: Caller) async throws(Failure) -> [JSONValue] {
        var query = try SearchQuery(limit: 1000)
        var found: [JSONValue] = []
        repeat {
            let page = try await search(query, caller: caller)
            found += page.hits.map { .object($0.summary) }
            query.after = page.next
        } while query.after != nil
        return found
    }
}

extension CatalogService: EnvironmentDirectory {
    public func find(_ reference: String, caller: Caller) async throws(Failure) -> JSONValue {
        .object(try await card(reference, caller: caller).json)
    }
}
