import Catalog
import Foundations
import JSON
import Manifests
import Testing

@Suite struct ListingTests {
    static func listing(_ more: String = "") throws -> Listing {
        let manifest = try Manifest(
            parsing: """
                manifest: 1
                name: classic/CartPole
                version: 1.0.0
                title: The pole on a cart
                description: Balance a pole.
                tags: [control]
                license: MIT
                gymnasium: [CartPole-v1]
                launch: {process: {worker: "worker.py:CartPole"}}
                spaces:
                  observation: {type: Box, low: -1, high: 1, shape: [4], dtype: float32}
                  action: {type: Discrete, n: 2}
                reward: {range: [0, 1]}
                """)
        return Listing(
            manifest, digest: "ab", state: .unreviewed, metadata: .init(), checks: ["admission:passed"], versions: 1,
            createdAt: nil, updatedAt: nil, source: "folder")
    }

    @Test(arguments: ["cart", "pole", "CARTPOLE", "v1", "balance pole", "contr", "classic/CartPole", "CartPole-v1"])
    func `words are found by their beginning, also inside of names`(_ text: String) throws {
        #expect(try Self.listing().matches(try SearchQuery(text: text)))
    }

    @Test func `every word has to be found`() throws {
        #expect(try !Self.listing().matches(try SearchQuery(text: "cart ship")))
        #expect(try !Self.listing().matches(try SearchQuery(text: "ole")))
    }

    @Test func `filters narrow`() throws {
        let listing = try Self.listing()
        let fitting: [Facet: String] = [
            .namespace: "classic", .tag: "control", .backend: "process", .observation: "Box", .action: "Discrete",
            .agents: "single", .license: "MIT", .state: "unreviewed", .resources: "small", .checks: "admission:passed",
        ]
        for facet in Facet.allCases {
            let value = try #require(fitting[facet])
            #expect(listing.matches(try SearchQuery(filters: [facet: [value, "other"]])), "\(facet)")
            #expect(!listing.matches(try SearchQuery(filters: [facet: ["other"]])), "\(facet)")
        }
        #expect(listing.matches(try SearchQuery(least: 0, greatest: 1)))
        #expect(!listing.matches(try SearchQuery(least: 0.5)))
        #expect(!listing.matches(try SearchQuery(greatest: 0.5)))
    }

    @Test func `cursors read back, and what is none is refused`() throws {
        let cursor = SearchCursor(order: .relevance, key: "-1.5e-06", name: "a/Ü\"")
        #expect(try SearchCursor(cursor.text) == cursor)
        for text in ["", "zz", "5b5d", cursor.text + "0", "5b226e616d65222c2278222c2279225d"] {
            let failure = #expect(throws: Failure.self) { try SearchCursor(text) }
            #expect(failure?.code == .invalidArgument)
        }
        #expect(throws: Failure.self) { try SearchQuery(order: .name, after: cursor) }
    }
}
