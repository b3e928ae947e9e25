import Catalog
import Foundations
import JSON
import Publishing
import Sessions

extension EnvironmentDirectory {
    /// The summaries that have all words and all tags, sorted by name.
    package func search(_ text: String, tags: [String], caller: Caller) async throws(Failure) -> [JSONValue] {
        let found = try await all(try SearchQuery(text: text, order: .name, limit: 1000), caller: caller)
        return found.filter { environment in
            let own = environment["tags"]?.array?.compactMap(\.string) ?? []
            return tags.allSatisfy(own.contains)
        }
    }

    /// All summaries, sorted by name.
    package func list(caller: Caller) async throws(Failure) -> [JSONValue] {
        try await all(try SearchQuery(limit: 1000), caller: caller)
    }

    private func all(_ query: SearchQuery, caller: Caller) async throws(Failure) -> [JSONValue] {
        var query = query
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
