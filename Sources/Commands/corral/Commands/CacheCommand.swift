import Arguments
import Bundles
import Configuration
import Foundations
import JSON
import Reactor

/// `corral cache …`.
enum CacheCommand: Subcommand {
    private static let options: [Option] = [
        ServerKeys.data.declaration.option, ServerKeys.catalog.declaration.option, Configuration.fileOption,
    ]

    static let declaration = Command(
        "cache", "Look at what this machine keeps of published versions, and remove it.",
        options: [.flag("json", "Print JSON.")],
        subcommands: [
            Command("list", "List unpacked versions and installed packages.", options: options),
            Command(
                "clear", "Remove all of it; what a session uses must not be removed: stop the server first.",
                options: options),
        ])

    static func run(_ invocation: Invocation) async throws(Failure) {
        let configuration = try Configuration.read(invocation)
        let registry = try await Registry.open(configuration)
        let cache = LocalCache(folder: configuration[ServerKeys.data] + "/cache")
        if invocation.path.last == "clear" {
            let freed = await offload { cache.clear() }
            guard !invocation.flag("json") else { return printJSON(["freed_bytes": .integer(freed)]) }
            return Output.standard.write("\(freed) bytes freed\n")
        }
        let entries = await offload { cache.entries() }
        var rows: [JSONValue] = []
        for entry in entries {
            let record = entry.kind == "version" ? try await registry.store.version(digest: entry.name) : nil
            rows.append([
                "kind": .string(entry.kind), "name": .string(entry.name),
                "reference": record.map { .string($0.reference) } ?? .null, "bytes": .integer(entry.bytes),
            ])
        }
        guard !invocation.flag("json") else { return printJSON(["entries": .array(rows)]) }
        guard !rows.isEmpty else { return Output.standard.write("the cache is empty\n") }
        var table = Table(columns: [("kind", .left), ("name", .left), ("reference", .left), ("bytes", .right)])
        table.rows = rows.map { row in
            [row.words("kind"), String(row.words("name").prefix(20)), row.words("reference"), row.words("bytes")]
        }
        Output.standard.write(table.text)
    }
}
