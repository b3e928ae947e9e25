import Foundations
import SQLite
import TestSupport
import Testing

@Suite struct SQLiteTests: ~Copyable {
    private let folder: TemporaryDirectory
    private let path: String

    init() throws {
        folder = try TemporaryDirectory()
        path = folder.path + "/test.db"
    }

    @Test func `values of every kind come back as they went in`() throws {
        let connection = try SQLiteConnection(path: path)
        try connection.runScript("CREATE TABLE t (a, b, c, d, e, f)")
        try connection.run(
            "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)",
            [.integer(.min), .real(0.1), .text("é\u{0}x"), .blob([0, 255]), .null, .text("")])
        let row = try connection.first("SELECT * FROM t") { row in
            (row.integer(0), row.real(1), row.text(2), row.blob(3), row.optionalText(4), row.optionalText(5))
        }
        #expect(row?.0 == .min)
        #expect(row?.1 == 0.1)
        #expect(row?.2 == "é\u{0}x")
        #expect(row?.3 == [0, 255])
        #expect(row?.4 == nil)
        #expect(row?.5 == "")
    }

    @Test func `errors say which kind they are`() throws {
        let connection = try SQLiteConnection(path: path)
        try connection.runScript("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT NOT NULL)")
        try connection.run("INSERT INTO t VALUES (1, 'x')")
        func kind(_ sql: String, _ values: [SQLiteValue] = []) -> SQLiteError.Kind? {
            do { try connection.run(sql, values) } catch { return error.kind }
            return nil
        }
        #expect(kind("INSERT INTO t VALUES (1, 'y')") == .unique)
        #expect(kind("INSERT INTO t VALUES (2, NULL)") == .constraint)
        #expect(kind("SELEKT") == .statement)
        #expect(kind("SELECT ?") == .other)
        let elsewhere = folder.path + "/no/such.db"
        #expect(throws: SQLiteError.self) { _ = try SQLiteConnection(path: elsewhere) }
    }

    @Test func `a transaction that throws leaves nothing behind`() throws {
        struct Stop: Error {}
        let connection = try SQLiteConnection(path: path)
        try connection.runScript("CREATE TABLE t (a)")
        #expect(throws: Stop.self) {
            try connection.transaction { connection in
                try connection.run("INSERT INTO t VALUES (1)")
                throw Stop()
            }
        }
        #expect(try connection.first("SELECT count(*) FROM t") { $0.integer(0) } == 0)
        try connection.transaction { connection in _ = try connection.run("INSERT INTO t VALUES (2)") }
        #expect(try connection.first("SELECT count(*) FROM t") { $0.integer(0) } == 1)
    }

    @Test func `steps are applied once, and a newer database is refused`() throws {
        let connection = try SQLiteConnection(path: path)
        let steps = ["CREATE TABLE a (x)", "ALTER TABLE a ADD COLUMN y"]
        #expect(try connection.migrate("m", [steps[0]]) == 1)
        #expect(try connection.migrate("m", steps) == 1)
        #expect(try connection.migrate("m", steps) == 0)
        #expect(try connection.migrate("other", ["CREATE TABLE b (x)"]) == 1)
        let older = #expect(throws: SQLiteError.self) { try connection.migrate("m", [steps[0]]) }
        #expect(older?.kind == .newer)
    }

    @Test func `statements beyond the capacity of the cache still run`() throws {
        let connection = try SQLiteConnection(path: path, statements: 3)
        for number in 0..<20 {
            #expect(try connection.first("SELECT \(number)") { $0.integer(0) } == Int64(number))
        }
    }

    @Test func `a copy has everything, and a damaged file is found`() throws {
        let connection = try SQLiteConnection(path: path)
        try connection.runScript("CREATE TABLE t (a); INSERT INTO t VALUES (7)")
        #expect(try connection.integrityProblems() == [])
        try connection.copy(to: folder.path + "/copy.db")
        let copy = try SQLiteConnection(path: folder.path + "/copy.db", access: .readOnly)
        #expect(try copy.first("SELECT a FROM t") { $0.integer(0) } == 7)
        #expect(throws: SQLiteError.self) { try copy.run("INSERT INTO t VALUES (8)") }
    }

    @Test func `reads see every write that has returned, from any task`() async throws {
        let database = try SQLiteDatabase(path: path, readers: 3, migrations: ("t", ["CREATE TABLE t (a INTEGER)"]))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask {
                    try await database.write { connection in
                        _ = try connection.run("INSERT INTO t VALUES (?)", [.integer(Int64(number))])
                    }
                    let found = try await database.read { connection in
                        try connection.first("SELECT 1 FROM t WHERE a = ?", [.integer(Int64(number))]) { _ in true }
                    }
                    #expect(found == true)
                }
            }
            try await group.waitForAll()
        }
        let count = try await database.read { try $0.first("SELECT count(*) FROM t") { $0.integer(0) } }
        #expect(count == 50)
    }

    @Test func `failures of a body pass as they are`() async throws {
        let database = try SQLiteDatabase(path: path)
        let failure = await #expect(throws: Failure.self) {
            try await database.write { _ in throw Failure(.conflict, "no") }
        }
        #expect(failure?.code == .conflict)
    }
}
