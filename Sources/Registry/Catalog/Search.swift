import Foundations
import JSON

/// What a search can be narrowed by and what it counts.
public enum Facet: String, Sendable, Hashable, CaseIterable {
    case namespace, tag, backend, observation, action, agents, license, state, resources, checks
}

/// A question to the catalog.
public struct SearchQuery: Sendable, Hashable {
    public enum Order: String, Sendable, Hashable, CaseIterable {
        /// The best match first; only with words.
        case relevance
        case name
        /// The last change first.
        case updated
        /// The newest environment first.
        case created
    }

    /// Words that all have to be found, each as the beginning of a word; empty for everything.
    public var words: [String]
    /// One of the values of each facet has to fit.
    public var filters: [Facet: [String]]
    /// The declared reward of a step has to lie within.
    public var least: Double?
    public var greatest: Double?
    public var order: Order
    public var limit: Int
    public var after: SearchCursor?
    public var wantsFacets: Bool

    /// - Throws: `invalid_argument` for a cursor of another order, and for more words than `wordLimit`.
    public init(
        text: String = "", filters: [Facet: [String]] = [:], least: Double? = nil, greatest: Double? = nil,
        order: Order? = nil, limit: Int = 100, after: SearchCursor? = nil, wantsFacets: Bool = false
    ) throws(Failure) {
        words = Listing.words(text)
        guard words.count <= Self.wordLimit else {
            throw Failure(.invalidArgument, "a search has at most \(Self.wordLimit) words", details: ["field": "q"])
        }
        self.filters = filters.filter { !$0.value.isEmpty }
        self.least = least
        self.greatest = greatest
        let order = order ?? (words.isEmpty ? .name : .relevance)
        self.order = order == .relevance && words.isEmpty ? .name : order
        self.limit = limit
        self.after = after
        self.wantsFacets = wantsFacets
        guard after == nil || after?.order == self.order else {
            throw Failure(
                .invalidArgument, "the cursor belongs to another search", next: "begin without a cursor",
                details: ["field": "cursor"])
        }
    }

    public static let wordLimit = 16
}

/// Where a page ended: the place of its last row.
public struct SearchCursor: Sendable, Hashable {
    public let order: SearchQuery.Order
    /// Of the last row: what it was sorted by, before its name. Exact: shortest decimal text of a double, or an integer.
    public let key: String
    public let name: String

    public init(order: SearchQuery.Order, key: String, name: String) {
        self.order = order
        self.key = key
        self.name = name
    }

    /// The key of a row that the server's own folder has.
    static let folderKey = "folder"

    /// For URLs: the text in hexadecimal digits.
    public var text: String {
        let json: JSONValue = [.string(order.rawValue), .string(key), .string(name)]
        return json.encoded().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// - Throws: `invalid_argument` for what no page ended with.
    public init(_ text: String) throws(Failure) {
        let digits = Array(text.utf8.prefix(4096))
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap { place in
            UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16)
        }
        guard let json = try? JSONValue(parsing: bytes), bytes.count * 2 == text.utf8.count,
            let order = json[0]?.string.flatMap(SearchQuery.Order.init), let key = json[1]?.string,
            let name = json[2]?.string, Double(key) != nil || key == Self.folderKey || key.isEmpty
        else {
            throw Failure(
                .invalidArgument, "the cursor is none that a page ended with", next: "begin without a cursor",
                details: ["field": "cursor"])
        }
        self.init(order: order, key: key, name: name)
    }
}

/// One environment of a page, as its listing says it.
public struct SearchHit: Sendable, Hashable {
    public let name: String
    /// The members of `Listing.summary`.
    public let summary: JSONObject
    public let key: String

    public init(name: String, summary: JSONObject, key: String) {
        self.name = name
        self.summary = summary
        self.key = key
    }
}

public struct SearchPage: Sendable, Hashable {
    public var hits: [SearchHit]
    /// Nil on the last page.
    public var next: SearchCursor?
    /// How many environments have each value, the most frequent first; only where they were asked for.
    public var facets: [Facet: [FacetCount]]

    public init(hits: [SearchHit], next: SearchCursor?, facets: [Facet: [FacetCount]] = [:]) {
        self.hits = hits
        self.next = next
        self.facets = facets
    }
}

public struct FacetCount: Sendable, Hashable {
    public let value: String
    public let count: Int

    public init(value: String, count: Int) {
        self.value = value
        self.count = count
    }
}
