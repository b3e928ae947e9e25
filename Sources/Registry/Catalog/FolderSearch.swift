/// A search over a store and over the environments of a folder, whose every version is a row of its own.
///
/// Sorted by name the two are merged; in every other order the folder comes first.
public struct FolderSearch: Sendable {
    private let listings: [Listing]

    public init(_ listings: [Listing]) {
        self.listings = listings.sorted { Self.key($0).utf8.lexicographicallyPrecedes(Self.key($1).utf8) }
    }

    private static func key(_ listing: Listing) -> String { listing.summary["reference"]?.string ?? "" }

    /// The rows of the folder that a page of a query can begin with.
    private func rows(_ query: SearchQuery) -> [Listing] {
        let after: String? =
            switch query.order {
            case .name: query.after?.name
            default: query.after.flatMap { $0.key == SearchCursor.folderKey ? $0.name : nil }
            }
        if query.order != .name, let cursor = query.after, cursor.key != SearchCursor.folderKey { return [] }
        return listings.filter { listing in
            let isBehind = after.map { $0.utf8.lexicographicallyPrecedes(Self.key(listing).utf8) } ?? true
            return isBehind && listing.matches(query)
        }
    }

    /// What the store has to be asked for; nil where the folder fills the page.
    public func remainder(of query: SearchQuery) -> SearchQuery? {
        var rest = query
        if query.order == .name { return rest }
        let count = rows(query).count
        guard count < query.limit else { return nil }
        rest.limit = query.limit - count
        if rest.after?.key == SearchCursor.folderKey { rest.after = nil }
        return rest
    }

    /// - Parameter page: What the store answered to `remainder(of:)`.
    public func page(_ query: SearchQuery, joining page: SearchPage?) -> SearchPage {
        let references = Set(listings.map { Self.key($0) })
        let others = (page?.hits ?? []).filter { !references.contains($0.summary["reference"]?.string ?? "") }
        var result = query.order == .name ? merged(query, others, page?.next) : behind(query, others, page)
        result.facets = page?.facets ?? [:]
        if query.wantsFacets { count(query, into: &result) }
        return result
    }

    private func merged(_ query: SearchQuery, _ others: [SearchHit], _ next: SearchCursor?) -> SearchPage {
        var own = rows(query).map { SearchHit(name: Self.key($0), summary: $0.summary, key: "") }
        // What the store has behind its page may come before what the folder has.
        if let next { own = own.filter { !next.name.utf8.lexicographicallyPrecedes($0.name.utf8) } }
        let all = (own + others).sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        let hits = Array(all.prefix(query.limit))
        guard all.count > hits.count || next != nil else { return SearchPage(hits: hits, next: nil) }
        let last = hits.last.map { SearchCursor(order: .name, key: "", name: $0.name) }
        return SearchPage(hits: hits, next: all.count > hits.count ? last : next)
    }

    private func behind(_ query: SearchQuery, _ others: [SearchHit], _ page: SearchPage?) -> SearchPage {
        let own = rows(query).map { listing in
            SearchHit(name: Self.key(listing), summary: listing.summary, key: SearchCursor.folderKey)
        }
        if let page { return SearchPage(hits: own + others, next: page.next) }
        let hits = Array(own.prefix(query.limit))
        return SearchPage(
            hits: hits,
            next: hits.last.map { SearchCursor(order: query.order, key: SearchCursor.folderKey, name: $0.name) })
    }

    private func count(_ query: SearchQuery, into page: inout SearchPage) {
        for facet in Facet.allCases {
            var counts = (page.facets[facet] ?? []).reduce(into: [:]) { $0[$1.value] = $1.count }
            for listing in listings where listing.matches(query) {
                for value in listing.terms[facet] ?? [] { counts[value, default: 0] += 1 }
            }
            let sorted = counts.map { FacetCount(value: $0.key, count: $0.value) }
                .sorted { ($1.count, $0.value) < ($0.count, $1.value) }
            if !sorted.isEmpty { page.facets[facet] = sorted }
        }
    }
}
