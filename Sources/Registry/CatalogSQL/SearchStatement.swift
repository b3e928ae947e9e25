import Catalog

/// The SQL of a search.
struct SearchStatement {
    private var values: [SQLValue] = []
    private let query: SearchQuery
    /// Tables and conditions without the cursor.
    private var tables = "environments e"
    private var conditions: [String] = ["e.summary IS NOT NULL"]
    private var rank = "0"
    /// How many values the conditions without the cursor have.
    private var conditionCount = 0

    private(set) var page = ""
    var pageValues: [SQLValue] { values }
    private(set) var facets = ""
    private(set) var facetValues: [SQLValue] = []

    init(_ query: SearchQuery, match: TextMatch?) {
        self.query = query
        if let match {
            // `$1`, as a match wants it.
            _ = add(.text(match.parameter))
            tables = match.tables
            conditions.append(match.condition)
            rank = match.rank
        }
        addFilters()
        facetValues = values
        facets = """
            SELECT t.facet, t.value, count(*) FROM listing_terms t WHERE t.environment IN \
            (SELECT e.id FROM \(tables) WHERE \(conditions.joined(separator: " AND "))) \
            GROUP BY t.facet, t.value ORDER BY t.facet, count(*) DESC, t.value
            """
        makePage()
    }

    private mutating func add(_ value: SQLValue) -> String {
        values.append(value)
        return "$\(values.count)"
    }

    private mutating func addFilters() {
        if query.filters[.state] == nil { conditions.append("e.is_offered = 1") }
        for facet in Facet.allCases {
            guard let wanted = query.filters[facet] else { continue }
            let name = add(.text(facet.rawValue))
            let list = wanted.map { add(.text($0)) }.joined(separator: ", ")
            conditions.append(
                """
                EXISTS (SELECT 1 FROM listing_terms t WHERE t.environment = e.id AND t.facet = \(name) \
                AND t.value IN (\(list)))
                """)
        }
        if let least = query.least { conditions.append("e.reward_least >= \(add(.real(least)))") }
        if let greatest = query.greatest { conditions.append("e.reward_greatest <= \(add(.real(greatest)))") }
    }

    private mutating func makePage() {
        let (key, direction): (String, String) =
            switch query.order {
            case .relevance: (rank, "ASC")
            case .name: ("0", "ASC")
            case .updated: ("e.updated_at", "DESC")
            case .created: ("e.created_at", "DESC")
            }
        var conditions = conditions
        if let after = query.after {
            switch query.order {
            case .name: conditions.append("e.name > \(add(.text(after.name)))")
            case .relevance:
                let value = add(.real(Double(after.key) ?? 0))
                conditions.append("(\(key) > \(value) OR (\(key) = \(value) AND e.name > \(add(.text(after.name)))))")
            case .updated, .created:
                let value = add(.integer(Int64(after.key) ?? 0))
                conditions.append("(\(key) < \(value) OR (\(key) = \(value) AND e.name > \(add(.text(after.name)))))")
            }
        }
        let sorting = query.order == .name ? "e.name" : "\(key) \(direction), e.name"
        page = """
            SELECT e.name, e.summary, \(key) FROM \(tables) WHERE \(conditions.joined(separator: " AND ")) \
            ORDER BY \(sorting) LIMIT \(query.limit + 1)
            """
    }
}
