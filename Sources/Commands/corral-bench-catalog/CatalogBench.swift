import Catalog
import CatalogPostgres
import CatalogSQLite
import Digest
import Foundations
import Glibc
import JSON
import Manifests

/// Measures a catalog: `corral-bench-catalog STORE PLACE ENVIRONMENTS VERSIONS`; prints one JSON object.
@main
struct CatalogBench {
    static func main() async {
        do throws(Failure) { try await run() } catch {
            print(error)
            exit(1)
        }
    }

    private static let words = [
        "maze", "robot", "arm", "pendulum", "grid", "world", "text", "quest", "market", "drive", "lunar", "ocean",
        "forest", "puzzle", "tower", "chess", "market", "signal", "traffic", "farm", "kitchen", "repair", "search",
        "library", "garden", "city", "island", "tunnel", "factory", "river",
    ]

    private static func run() async throws(Failure) {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let environments = Int(arguments[3]), let versions = Int(arguments[4]) else {
            throw Failure(.invalidArgument, "usage: corral-bench-catalog sqlite|postgres PLACE ENVIRONMENTS VERSIONS")
        }
        let store: any CatalogStore =
            arguments[1] == "postgres"
            ? try PostgresCatalogStore(url: arguments[2]) : try SQLiteCatalogStore(path: arguments[2])
        var report = JSONObject()
        report["publish_per_second"] = .number(try await publish(store, environments, versions))
        report["resolve"] = .object(try await resolve(store, environments))
        report["search"] = .object(try await search(store))
        print(String(decoding: JSONValue.object(report).encoded(), as: UTF8.self))
    }

    private static func name(_ number: Int) -> String {
        "ns\(number % 100)/\(words[number % words.count].capitalizedFirst)\(words[number / 7 % words.count])\(number)"
    }

    private static func publish(
        _ store: any CatalogStore, _ environments: Int, _ versions: Int
    ) async throws(Failure) -> Double {
        let each = versions / environments
        let clients = 8
        let start = ContinuousClock.now
        let failures = await withTaskGroup(of: Failure?.self) { group in
            for client in 0..<clients {
                group.addTask {
                    do throws(Failure) {
                        for number in stride(from: client, to: environments, by: clients) {
                            for version in 0..<each { try await publishOne(store, number, version) }
                        }
                        return nil
                    } catch { return error }
                }
            }
            return await group.reduce(into: [Failure]()) { if let failure = $1 { $0.append(failure) } }
        }
        if let failure = failures.first { throw failure }
        return Double(environments * each) / ((ContinuousClock.now - start) / .seconds(1))
    }

    private static func publishOne(
        _ store: any CatalogStore, _ number: Int, _ version: Int
    ) async throws(Failure) {
        let (first, second) = (words[number % words.count], words[number / 3 % words.count])
        let document: JSONObject = [
            "manifest": 1, "name": .string(name(number)), "version": .string("1.\(version).0"),
            "title": .string("The \(first) and the \(second), number \(number)"),
            "description": .string(
                "An environment with a \(first), a \(second) and a \(words[number / 11 % words.count]). Reach the goal in as few steps as you can; every step costs a little."
            ),
            "tags": [.string(first), .string(number % 2 == 0 ? "vector-observation" : "text")],
            "license": .string(["MIT", "Apache-2.0", "GPL-2.0-only"][number % 3]),
            "launch": ["process": ["worker": "worker.py:Env"]],
            "spaces": [
                "observation": [
                    "type": "Box", "low": -1, "high": 1, "shape": [8], "dtype": "float32",
                ], "action": ["type": "Discrete", "n": 4, "start": 0],
            ],
            "reward": ["range": [.integer(Int64(-(number % 50))), 1]],
        ]
        let digest = SHA256.hash("\(number) \(version)").hex
        _ = try await store.publish(
            Submission(
                manifest: try Manifest(json: .object(document)), digest: digest,
                bundle: BundleReference(digest: digest, size: 1000)),
            by: Principal(id: "bench", isAdmin: true), at: .now)
    }

    private static func resolve(_ store: any CatalogStore, _ environments: Int) async throws(Failure) -> JSONObject {
        var random = SystemRandomNumberGenerator()
        var times: [Duration] = []
        let forms = ["", "@^1.2", "@~1.3", "@1.4.0", "@latest"]
        for count in 0..<20_000 {
            let text = name(Int.random(in: 0..<environments, using: &random)) + forms[count % forms.count]
            let start = ContinuousClock.now
            _ = try await store.resolve(try Reference(text))
            times.append(ContinuousClock.now - start)
        }
        return summary(times)
    }

    private static func search(_ store: any CatalogStore) async throws(Failure) -> JSONObject {
        var report = JSONObject()
        func measure(_ kind: String, _ count: Int, _ query: (Int) throws(Failure) -> SearchQuery) async throws(Failure)
        {
            var times: [Duration] = []
            for number in 0..<count {
                let query = try query(number)
                let start = ContinuousClock.now
                _ = try await store.search(query)
                times.append(ContinuousClock.now - start)
            }
            report[kind] = .object(summary(times))
        }
        try await measure("two_words", 1000) { (number) throws(Failure) in
            try SearchQuery(
                text: "\(words[number % words.count]) \(words[number / 7 % words.count])", limit: 25)
        }
        try await measure("one_word", 1000) { (number) throws(Failure) in
            try SearchQuery(text: String(words[number % words.count].prefix(5)), limit: 25)
        }
        try await measure("word_in_all", 100) { (_) throws(Failure) in try SearchQuery(text: "environment", limit: 25) }
        try await measure("filters", 1000) { (number) throws(Failure) in
            try SearchQuery(
                filters: [.tag: [words[number % words.count]], .license: ["MIT"]], least: -20, limit: 25)
        }
        try await measure("pages", 1000) { (number) throws(Failure) in
            try SearchQuery(
                order: .name, limit: 100, after: SearchCursor(order: .name, key: "", name: name(number * 7 % 10_000)))
        }
        try await measure("facets", 50) { (number) throws(Failure) in
            try SearchQuery(text: words[number % words.count], limit: 25, wantsFacets: true)
        }
        return report
    }

    /// In milliseconds.
    private static func summary(_ times: [Duration]) -> JSONObject {
        let sorted = times.map { $0 / .milliseconds(1) }.sorted()
        func at(_ part: Double) -> JSONValue {
            .number(sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))])
        }
        return ["p50": at(0.5), "p99": at(0.99), "count": .integer(Int64(sorted.count))]
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
