import Foundations
import Glibc
import Postgres
import TestSupport
import Testing

/// A PostgreSQL server of the tests alone, on a Unix socket in a temporary folder.
final class PostgresServer: Sendable {
    private let folder: String
    private let databases = Guarded<Int>(0)

    private static let programs = "/usr/lib/postgresql/15/bin"
    static let isInstalled = access(programs + "/initdb", X_OK) == 0

    init(folder: String) throws {
        self.folder = folder
        if getuid() == 0 {
            guard let user = getpwnam("postgres") else { throw Failure(.notFound, "there is no user postgres") }
            chown(folder, user.pointee.pw_uid, user.pointee.pw_gid)
        }
        try call([
            "initdb", "-D", folder + "/data", "-U", "postgres", "-A", "trust", "--no-sync", "--no-locale", "-E", "UTF8",
        ])
        let options = "-k \(folder) -c listen_addresses= -c fsync=off -c max_connections=200"
        try call(["pg_ctl", "-D", folder + "/data", "-w", "-l", folder + "/log", "-o", options, "start"])
    }

    func stop() throws { try call(["pg_ctl", "-D", folder + "/data", "-m", "immediate", "-w", "stop"]) }

    /// The URL of a new empty database.
    func newDatabase() throws -> String {
        let name = databases.withLock { count in
            count += 1
            return "catalog\(count)"
        }
        try PostgresConnection(url: url("postgres")).runScript("CREATE DATABASE \(name)")
        return url(name)
    }

    private func url(_ name: String) -> String { "postgresql://postgres@/\(name)?host=\(folder)" }

    private func call(_ words: [String]) throws {
        let user = getuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : []
        let result = try run(user + ["\(Self.programs)/\(words[0])"] + words.dropFirst())
        guard result.status == 0 else { throw Failure(.internal, "\(words[0]): \(result.errors) \(result.text)") }
    }

    @TaskLocal static var current: PostgresServer?
}

/// Has a server for as long as a suite runs, where PostgreSQL is installed.
struct WithPostgres: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        guard PostgresServer.isInstalled else { return try await function() }
        let folder = try TemporaryDirectory()
        let server = try PostgresServer(folder: folder.path)
        do {
            try await PostgresServer.$current.withValue(server) { try await function() }
            try server.stop()
        } catch {
            try server.stop()
            throw error
        }
    }
}

/// Every contract, run by every store.
@Suite(WithPostgres()) struct CatalogStores {
    @Test(.enabled(if: PostgresServer.isInstalled, "PostgreSQL 15 is not installed: its store is not tested"))
    func `a server that is not there, and one that refuses, are told apart`() {
        let failure = #expect(throws: Failure.self) {
            _ = try PostgresDatabase(url: "postgresql://postgres@/x?host=/nonexistent")
        }
        #expect(failure?.code == .unavailable)
    }
}
