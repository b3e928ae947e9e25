import Arguments
import Bundles
import Catalog
import CatalogSQLite
import Configuration
import Foundations
import JSON
import Publishing
import Reactor
import SQLite
import Sessions

/// `corral catalog …`.
enum CatalogCommand: Subcommand {
    private static let options: [Option] = [
        ServerKeys.data.declaration.option, ServerKeys.catalog.declaration.option, Configuration.fileOption,
    ]

    static let declaration = Command(
        "catalog", "Check, save and restore the catalog of this machine.", options: [.flag("json", "Print JSON.")],
        subcommands: [
            Command(
                "backup", "Write a copy of the catalog and its bundles, also while a server runs.", options: options,
                positionals: [.init("DIR", .required, "A new folder.")]),
            Command(
                "restore", "Bring a backup back; the server has to be stopped.", options: options,
                positionals: [.init("DIR", .required, "The folder of a backup.")]),
            Command(
                "fsck", "Check that the catalog is consistent and every bundle is what its digest says.",
                options: options + [.flag("gc", "Remove bundles of a day ago that no version names.")]),
        ])

    static func run(_ invocation: Invocation) async throws(Failure) {
        let configuration = try Configuration.read(invocation)
        switch invocation.path.last {
        case "backup": try await backup(invocation, configuration)
        case "restore": try await restore(invocation, configuration)
        default: try await check(invocation, configuration)
        }
    }

    private static func check(_ invocation: Invocation, _ configuration: Configuration) async throws(Failure) {
        let registry = try await Registry.open(configuration)
        let check = try await CatalogCheck.run(registry.store, registry.blobs)
        var removed = 0
        if invocation.flag("gc") {
            removed = await offload { registry.blobs.remove(check.unused, olderThan: 86_400, now: .now) }
        }
        if invocation.flag("json") {
            printJSON([
                "versions": .integer(Int64(check.versions)), "problems": .array(check.problems.map(JSONValue.string)),
                "unused_blobs": .integer(Int64(check.unused.count)), "removed_blobs": .integer(Int64(removed)),
            ])
        } else {
            for problem in check.problems { Output.standard.write(problem + "\n") }
            Output.standard.write(
                "\(check.versions) versions, \(check.problems.count) problems, \(check.unused.count) unused blobs"
                    + (removed > 0 ? ", \(removed) removed\n" : "\n"))
        }
        guard check.problems.isEmpty else {
            throw Failure(
                .failedPrecondition, "the catalog has \(check.problems.count) problems",
                next: "restore a backup: corral catalog restore")
        }
    }

    private static func backup(_ invocation: Invocation, _ configuration: Configuration) async throws(Failure) {
        let folder = absolutePath(invocation.argument("DIR") ?? "")
        let registry = try await Registry.open(configuration)
        guard let store = registry.store as? SQLiteCatalogStore else {
            throw Failure(
                .unimplemented, "this catalog is in PostgreSQL",
                next: "save it with pg_dump, and copy the folder blobs of the data directory")
        }
        guard resolvedPath(folder) == nil else {
            throw Failure(.alreadyExists, "\(folder) is there already", next: "name a new folder")
        }
        let copy = try await offload { () throws(Failure) in try BlobStore(folder: folder + "/blobs") }
        // The records first: every bundle that they name is stored before, and none of those is ever removed.
        try await store.database.maintain { try $0.copy(to: folder + "/corral.db") }
        let saved = try await offload { () throws(Failure) in try SQLiteCatalogStore(path: folder + "/corral.db") }
        let bundles = try await saved.bundles()
        try await offload { () throws(Failure) in try registry.blobs.copy(bundles, to: copy) }
        report(invocation, try await CatalogCheck.run(saved, copy), "saved in", folder)
    }

    private static func restore(_ invocation: Invocation, _ configuration: Configuration) async throws(Failure) {
        let folder = absolutePath(invocation.argument("DIR") ?? "")
        let place = Registry.path(configuration)
        guard resolvedPath(folder + "/corral.db") != nil else {
            throw Failure(.notFound, "\(folder) is no backup of a catalog")
        }
        guard resolvedPath(place) == nil else {
            throw Failure(
                .alreadyExists, "\(place) is there already",
                next: "stop the server and move the old catalog away, with its files -wal and -shm")
        }
        let (saved, copy) = try await offload { () throws(Failure) in
            (try SQLiteCatalogStore(path: folder + "/corral.db"), try BlobStore(folder: folder + "/blobs"))
        }
        let check = try await CatalogCheck.run(saved, copy)
        guard check.problems.isEmpty else {
            throw Failure(.failedPrecondition, "the backup is damaged: \(check.problems[0])")
        }
        let bundles = try await saved.bundles()
        let blobs = try await offload { () throws(Failure) in
            try BlobStore(folder: configuration[ServerKeys.data] + "/blobs")
        }
        try await offload { () throws(Failure) in try copy.copy(bundles, to: blobs) }
        try await saved.database.maintain { try $0.copy(to: place) }
        report(invocation, check, "restored to", place)
    }

    private static func report(_ invocation: Invocation, _ check: CatalogCheck, _ what: String, _ place: String) {
        if invocation.flag("json") {
            return printJSON(["versions": .integer(Int64(check.versions)), "place": .string(place)])
        }
        Output.standard.write("\(check.versions) versions \(what) \(place)\n")
    }
}
