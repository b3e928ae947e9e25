import CSQLite

/// One connection to a database file, for one thread at a time. Foreign keys are enforced, writes are synced to disk
/// before they count, and readers do not wait for a writer (WAL).
public struct SQLiteConnection: ~Copyable {
    public enum Access: Sendable {
        case readOnly
        case readWrite
        /// The file is made where there is none.
        case create
    }

    private let handle: OpaquePointer
    private let statements: StatementCache

    /// - Parameters:
    ///   - busyTimeout: How long a statement waits for another connection's lock.
    ///   - statements: How many prepared statements are kept.
    public init(
        path: String, access: Access = .create, busyTimeout: Duration = .seconds(5), statements: Int = 128
    ) throws(SQLiteError) {
        handle = try Self.open(path, access, busyTimeout)
        self.statements = StatementCache(capacity: max(1, statements))
    }

    deinit {
        statements.close()
        sqlite3_close_v2(handle)
    }

    private static func open(
        _ path: String, _ access: Access, _ busyTimeout: Duration
    ) throws(SQLiteError) -> OpaquePointer {
        let flags =
            switch access {
            case .readOnly: SQLITE_OPEN_READONLY
            case .readWrite: SQLITE_OPEN_READWRITE
            case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            }
        var opened: OpaquePointer?
        var status = sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        if status == SQLITE_OK {
            sqlite3_busy_timeout(opened, Int32(clamping: Int64(busyTimeout / .milliseconds(1))))
            let settings = access == .readOnly ? "" : "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            status = sqlite3_exec(opened, "PRAGMA foreign_keys = ON; " + settings, nil, nil, nil)
        }
        guard status == SQLITE_OK, let opened, corral_sqlite_be_defensive(opened) == SQLITE_OK else {
            let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(opened)
            throw SQLiteError(code: status, message: message)
        }
        return opened
    }

    /// Runs one statement and leaves out what it answers.
    ///
    /// - Returns: How many rows it changed.
    @discardableResult
    public borrowing func run(_ sql: String, _ values: [SQLiteValue] = []) throws(SQLiteError) -> Int {
        _ = try query(sql, values) { _ in }
        return Int(sqlite3_changes64(handle))
    }

    /// Runs several statements without parameters, one after the other.
    public borrowing func runScript(_ sql: String) throws(SQLiteError) {
        let status = sqlite3_exec(handle, sql, nil, nil, nil)
        guard status == SQLITE_OK else { throw error(status) }
    }

    /// The rows of one statement, each as `row` reads it.
    public borrowing func query<Value>(
        _ sql: String, _ values: [SQLiteValue] = [], row: (borrowing SQLiteRow) -> Value
    ) throws(SQLiteError) -> [Value] {
        let statement = try statements.statement(sql, on: handle)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        try bind(values, to: statement)
        var rows: [Value] = []
        while true {
            let status = sqlite3_step(statement)
            if status == SQLITE_DONE { return rows }
            guard status == SQLITE_ROW else { throw error(status) }
            rows.append(row(SQLiteRow(statement: statement)))
        }
    }

    /// The first row; nil where there is none.
    public borrowing func first<Value>(
        _ sql: String, _ values: [SQLiteValue] = [], row: (borrowing SQLiteRow) -> Value
    ) throws(SQLiteError) -> Value? {
        let statement = try statements.statement(sql, on: handle)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        try bind(values, to: statement)
        let status = sqlite3_step(statement)
        if status == SQLITE_DONE { return nil }
        guard status == SQLITE_ROW else { throw error(status) }
        return row(SQLiteRow(statement: statement))
    }

    public var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

    private borrowing func bind(_ values: [SQLiteValue], to statement: OpaquePointer) throws(SQLiteError) {
        let wanted = Int(sqlite3_bind_parameter_count(statement))
        guard values.count == wanted else {
            throw SQLiteError(code: SQLITE_RANGE, message: "\(values.count) values for \(wanted) parameters")
        }
        for (index, value) in values.enumerated() {
            let place = Int32(index + 1)
            let status =
                switch value {
                case .null: sqlite3_bind_null(statement, place)
                case .integer(let number): sqlite3_bind_int64(statement, place, number)
                case .real(let number): sqlite3_bind_double(statement, place, number)
                case .text(var text):
                    text.withUTF8 { bytes in
                        bytes.withMemoryRebound(to: CChar.self) { characters in
                            characters.baseAddress.map {
                                corral_sqlite_bind_text(statement, place, $0, Int32(clamping: bytes.count))
                            } ?? corral_sqlite_bind_text(statement, place, "", 0)
                        }
                    }
                case .blob(let bytes):
                    bytes.withUnsafeBytes { raw in
                        raw.count == 0
                            ? sqlite3_bind_zeroblob(statement, place, 0)
                            : corral_sqlite_bind_blob(statement, place, raw.baseAddress, Int32(clamping: raw.count))
                    }
                }
            guard status == SQLITE_OK else { throw error(status) }
        }
    }

    private func error(_ status: Int32) -> SQLiteError {
        SQLiteError(code: status, message: String(cString: sqlite3_errmsg(handle)))
    }
}

@available(*, unavailable) extension SQLiteConnection: Sendable {}

extension SQLiteConnection {
    /// Runs a body between `BEGIN IMMEDIATE` and `COMMIT`; whatever it throws takes everything back.
    public borrowing func transaction<Value>(
        _ body: (borrowing SQLiteConnection) throws -> Value
    ) throws -> Value {
        try run("BEGIN IMMEDIATE")
        do {
            let value = try body(self)
            try run("COMMIT")
            return value
        } catch {
            // SQLite has rolled back by itself after some errors; then there is nothing to roll back.
            _ = try? run("ROLLBACK")
            throw error
        }
    }

    /// Runs a body whose statements all see the same state.
    public borrowing func snapshot<Value>(_ body: (borrowing SQLiteConnection) throws -> Value) throws -> Value {
        try run("BEGIN")
        defer { _ = try? run("COMMIT") }
        return try body(self)
    }

    /// Applies the steps that the database does not have yet, each in a transaction with its number.
    ///
    /// - Parameters:
    ///   - name: Of this list of steps: several modules may keep their tables in one file.
    ///   - steps: Scripts, oldest first; a step that was released is never changed.
    /// - Returns: How many were applied.
    /// - Throws: `SQLiteError` of kind `newer` where the database is of a newer program.
    @discardableResult
    public borrowing func migrate(_ name: String, _ steps: [String]) throws -> Int {
        try run("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, version INTEGER NOT NULL)")
        return try transaction { connection in
            let sql = "SELECT version FROM migrations WHERE name = ?"
            let done = try connection.first(sql, [.text(name)]) { Int($0.integer(0)) } ?? 0
            guard done <= steps.count else {
                throw SQLiteError(
                    code: SQLITE_MISMATCH,
                    message: "the tables \(name) are at version \(done), this program knows \(steps.count)")
            }
            for step in steps[done...] { try connection.runScript(step) }
            try connection.run(
                "INSERT INTO migrations VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET version = excluded.version",
                [.text(name), .integer(Int64(steps.count))])
            return steps.count - done
        }
    }

    /// What `PRAGMA integrity_check` and `foreign_key_check` find; empty where all is well.
    public borrowing func integrityProblems() throws(SQLiteError) -> [String] {
        let found = try query("PRAGMA integrity_check") { $0.text(0) }.filter { $0 != "ok" }
        let dangling = try query("PRAGMA foreign_key_check") { row in
            "row \(row.integer(1)) of \(row.text(0)) names what is not in \(row.text(2))"
        }
        return found + dangling
    }

    /// Writes a copy of the database, as it is at one moment, to a file that is not there yet.
    public borrowing func copy(to path: String) throws(SQLiteError) { try run("VACUUM INTO ?", [.text(path)]) }
}
