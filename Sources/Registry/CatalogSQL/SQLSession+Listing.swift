import Catalog
import Foundations
import JSON
import Manifests

extension SQLSession where Self: ~Copyable {
    /// Makes the listing of an environment again: what lists show and searches find.
    ///
    /// - Parameter time: Of the change; nil where nothing changed that its owners did.
    borrowing func refreshListing(_ environment: Int64, at time: Timestamp?) throws {
        if let time {
            try change(
                "UPDATE environments SET updated_at = $1 WHERE id = $2",
                [.integer(time.microseconds), .integer(environment)])
        }
        let record = try environmentRecord(environment)
        let candidates = try candidates(in: environment, record.name)
        let shown = try candidates.find(.any)
        let listing = try listing(of: record, shown, versions: candidates.versions.count)
        try change(
            """
            UPDATE environments SET summary = $1, is_offered = $2, reward_least = $3, reward_greatest = $4 \
            WHERE id = $5
            """,
            [
                .json(.object(listing.summary)), .integer(shown.state.isOffered ? 1 : 0),
                .double(listing.reward?.lowerBound), .double(listing.reward?.upperBound), .integer(environment),
            ])
        try change("DELETE FROM listing_terms WHERE environment = $1", [.integer(environment)])
        for (facet, values) in listing.terms {
            for value in values {
                try change(
                    "INSERT INTO listing_terms (environment, facet, value) VALUES ($1, $2, $3)",
                    [.integer(environment), .text(facet.rawValue), .text(value)])
            }
        }
        try index(listing.texts, of: environment)
    }

    borrowing func listing(of record: EnvironmentRecord, _ shown: Candidate, versions: Int) throws -> Listing {
        let row = try first("SELECT document FROM versions WHERE digest = $1", [.text(shown.digest)])
        let document = try JSONValue(parsing: row?.text(0) ?? "")
        return Listing(
            try Manifest(json: document), digest: shown.digest, state: shown.state, metadata: record.metadata,
            checks: try checks(of: shown.digest), versions: versions, createdAt: record.createdAt,
            updatedAt: record.updatedAt, source: "catalog")
    }

    /// The last result of each kind of attestation: `admission:passed`.
    private borrowing func checks(of digest: String) throws -> [String] {
        let found = try rows(
            "SELECT kind, result FROM attestations WHERE digest = $1 AND result <> '' ORDER BY id", [.text(digest)])
        let last = found.reduce(into: [String: String]()) { $0[$1.text(0)] = $1.text(1) }
        return last.map { "\($0.key):\($0.value)" }
    }

    public borrowing func search(_ query: SearchQuery) throws -> SearchPage {
        let statement = SearchStatement(query, match: query.words.isEmpty ? nil : match(query.words))
        let found = try rows(statement.page, statement.pageValues)
        var hits: [SearchHit] = []
        for row in found.prefix(query.limit) {
            guard let summary = (try? JSONValue(parsing: row.text(1)))?.object else { continue }
            hits.append(SearchHit(name: row.text(0), summary: summary, key: Self.key(row.values[2])))
        }
        var page = SearchPage(hits: hits, next: nil)
        if found.count > query.limit, let last = hits.last {
            page.next = SearchCursor(order: query.order, key: last.key, name: last.name)
        }
        guard query.wantsFacets else { return page }
        for row in try rows(statement.facets, statement.facetValues) {
            guard let facet = Facet(rawValue: row.text(0)) else { continue }
            page.facets[facet, default: []].append(FacetCount(value: row.text(1), count: Int(row.integer(2))))
        }
        return page
    }

    private static func key(_ value: SQLValue) -> String {
        switch value {
        case .integer(let number): "\(number)"
        case .real(let number): "\(number)"
        default: ""
        }
    }
}
