import Catalog
import Foundations
import JSON
import Manifests
import Testing

extension CatalogStores {
    @Suite struct SearchContract {
        private func fill(_ store: any CatalogStore) async throws {
            for number in 0..<40 {
                try await store.publish(
                    number % 2 == 0 ? "a/Maze\(number)" : "b/Pole\(number)", "1.0.0", by: root, at: Int64(number),
                    [
                        "title": .string("Number \(number)"), "tags": [number % 3 == 0 ? "grid" : "control"],
                        "reward": ["range": [.integer(Int64(-number)), .integer(Int64(number))]],
                        "license": "MIT", "description": number == 7 ? "A rotating pendulum" : "Something",
                    ])
            }
        }

        private func names(_ store: any CatalogStore, _ query: SearchQuery) async throws -> [String] {
            try await store.search(query).hits.map(\.name)
        }

        @Test(arguments: StoreKind.available)
        func `words are found wherever they stand, the name before the rest`(_ kind: StoreKind) async throws {
            try await kind.with { store in
                try await fill(store)
                try await store.publish("c/Pendulum", "1.0.0", by: root)
                #expect(try await names(store, try SearchQuery(text: "pendul")) == ["c/Pendulum", "b/Pole7"])
                #expect(try await names(store, try SearchQuery(text: "number 12")) == ["a/Maze12"])
                #expect(try await names(store, try SearchQuery(text: "Maze 12 NUMBER")) == ["a/Maze12"])
                #expect(try await names(store, try SearchQuery(text: "\"(maze* OR'; DROP")) == [])
                #expect(try await names(store, try SearchQuery(text: "nothing")) == [])
            }
        }

        @Test(arguments: StoreKind.available)
        func `filters are joined, and their values are alternatives`(_ kind: StoreKind) async throws {
            try await kind.with { store in
                try await fill(store)
                func count(_ filters: [Facet: [String]], least: Double? = nil, greatest: Double? = nil) async throws
                    -> Int
                {
                    try await names(store, try SearchQuery(filters: filters, least: least, greatest: greatest)).count
                }
                #expect(try await count([.namespace: ["a"]]) == 20)
                #expect(try await count([.namespace: ["a", "b"], .tag: ["grid"]]) == 14)
                #expect(try await count([.namespace: ["a"], .tag: ["grid"]]) == 7)
                #expect(try await count([.license: ["GPL"]]) == 0)
                #expect(try await count([:], least: -5) == 6)
                #expect(try await count([:], least: -5, greatest: 3) == 4)
            }
        }

        @Test(arguments: StoreKind.available, SearchQuery.Order.allCases)
        func `pages cover everything once, in order, also when something is published meanwhile`(
            _ kind: StoreKind, _ order: SearchQuery.Order
        ) async throws {
            try await kind.with { store in
                try await fill(store)
                let text = order == .relevance ? "number" : ""
                let all = try await names(store, try SearchQuery(text: text, order: order, limit: 1000))
                #expect(all.count == 40)
                var seen: [String] = []
                var cursor: SearchCursor?
                repeat {
                    let page = try await store.search(
                        try SearchQuery(text: text, order: order, limit: 7, after: cursor))
                    seen += page.hits.map(\.name)
                    cursor = try page.next.map { try SearchCursor($0.text) }
                    if order != .relevance {
                        try await store.publish("0/New\(seen.count)", "1.0.0", by: root, at: order == .name ? 1 : 1000)
                    }
                } while cursor != nil
                #expect(seen == all)
                switch order {
                case .name: #expect(all == all.sorted())
                case .updated, .created: #expect(all.first == "b/Pole39" && all.last == "a/Maze0")
                case .relevance: break
                }
            }
        }

        @Test(arguments: StoreKind.available)
        func `facets count what a search finds`(_ kind: StoreKind) async throws {
            try await kind.with { store in
                try await fill(store)
                let page = try await store.search(
                    try SearchQuery(text: "maze", filters: [.tag: ["grid", "control"]], limit: 1, wantsFacets: true))
                #expect(
                    page.facets[.tag] == [FacetCount(value: "control", count: 13), FacetCount(value: "grid", count: 7)])
                #expect(page.facets[.namespace] == [FacetCount(value: "a", count: 20)])
                #expect(page.facets[.backend] == [FacetCount(value: "process", count: 20)])
            }
        }

        @Test(arguments: StoreKind.available)
        func `a listing shows the version that is meant, and what its owners say`(_ kind: StoreKind) async throws {
            try await kind.with { store in
                try await store.publish("ns/Env", "1.0.0", ["title": "One"])
                try await store.publish("ns/Env", "1.1.0", ["title": "Two"])
                func shown(_ key: String) async throws -> JSONValue? {
                    try await store.search(try SearchQuery(text: "env")).hits.first?.summary[key]
                }
                #expect(try await shown("title") == "Two")
                #expect(try await shown("version_count") == 2)
                try await store.apply(.yank(reason: "r"), "ns/Env", "1.1.0")
                #expect(try await shown("title") == "One")
                let record = try await store.update(
                    name("ns/Env"), to: EnvironmentMetadata(title: "Better", tags: ["new"]), by: alice, reason: "",
                    at: at(8))
                #expect(record.metadata.title == "Better")
                #expect(try await shown("title") == "Better")
                #expect(try await names(store, try SearchQuery(filters: [.tag: ["new"]])) == ["ns/Env"])
                try await store.apply(.yank(reason: "r"), "ns/Env", "1.0.0")
                #expect(try await shown("title") == nil)
                #expect(try await names(store, try SearchQuery(filters: [.state: ["yanked"]])) == ["ns/Env"])
                #expect(try await store.problems() == [])
            }
        }
    }
}
