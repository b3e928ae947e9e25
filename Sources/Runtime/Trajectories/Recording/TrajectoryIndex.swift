import Foundations
import Glibc
import JSON
import SQLite

/// What lists ask of the trajectories of a folder, in a database beside it. It is made of the files and can be made of
/// them again: one that is missing, damaged or of another form begins empty. Blocks.
final class TrajectoryIndex: Sendable {
    private final class Box {
        let connection: SQLiteConnection
        init(_ connection: consuming SQLiteConnection) { self.connection = connection }
    }

    private let path: String
    private let box: Guarded<Box>

    private static let form = 1
    private static let tables = """
        CREATE TABLE trajectories (
            id TEXT PRIMARY KEY, environment TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL,
            state TEXT NOT NULL, time TEXT NOT NULL, size INTEGER NOT NULL, tenant TEXT NOT NULL, summary TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX by_name ON trajectories (name, id);
        CREATE INDEX by_digest ON trajectories (digest, id);
        CREATE INDEX by_state ON trajectories (state, id);
        CREATE TABLE labels (
            id TEXT NOT NULL REFERENCES trajectories ON DELETE CASCADE, key TEXT NOT NULL, value TEXT NOT NULL,
            PRIMARY KEY (key, value, id)
        ) WITHOUT ROWID;
        CREATE INDEX labels_of ON labels (id);
        PRAGMA user_version = \(form);
        """

    /// - Throws: `failed_precondition` where no file can be made.
    init(path: String) throws(Failure) {
        self.path = path
        do throws(SQLiteError) { box = Guarded(try Self.open(path)) } catch {
            do throws(SQLiteError) { box = Guarded(try Self.openAnew(path)) } catch { throw Failure(error, path: path) }
        }
    }

    private static func open(_ path: String) throws(SQLiteError) -> sending Box {
        let connection = try SQLiteConnection(path: path)
        // What a crash may take is in the files.
        try connection.runScript("PRAGMA synchronous = NORMAL;")
        if try connection.first("PRAGMA user_version", row: { Int($0.integer(0)) }) != form {
            try connection.runScript(
                "BEGIN IMMEDIATE; DROP TABLE IF EXISTS labels; DROP TABLE IF EXISTS trajectories; \(tables) COMMIT;")
        }
        return Box(connection)
    }

    private static func openAnew(_ path: String) throws(SQLiteError) -> sending Box {
        for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
        return try open(path)
    }

    /// - Throws: `unavailable` where the file was damaged; it is empty then.
    private func run<Value: Sendable>(
        _ body: (borrowing SQLiteConnection) throws -> Value
    ) throws(Failure) -> Value {
        let path = path
        return try box.withLock { (box) throws(Failure) in
            do { return try body(box.connection) } catch {
                guard let error = error as? SQLiteError else { throw Failure(wrapping: error) }
                guard error.kind == .corrupt, let anew = try? Self.openAnew(path) else {
                    throw Failure(error, path: path)
                }
                box = anew
                throw Failure(
                    .unavailable, "the index of trajectories was damaged, and is made anew", next: "try again",
                    cause: error)
            }
        }
    }

    /// Those that are in it with their sizes in bytes; the state `recording` is only what they were.
    func entries() throws(Failure) -> [String: (size: Int, isRecording: Bool)] {
        let rows = try run { connection in
            try connection.query("SELECT id, size, state FROM trajectories") {
                ($0.text(0), (size: Int($0.integer(1)), isRecording: $0.text(2) == "recording"))
            }
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// The ids of those that were recorded when they were looked at.
    func recording() throws(Failure) -> [String] {
        try run { connection in
            try connection.query("SELECT id FROM trajectories WHERE state = 'recording'") { $0.text(0) }
        }
    }

    /// Takes some in, in place of what was known of them, and forgets others; all or nothing.
    func update(_ summaries: [TrajectorySummary], without gone: [String] = []) throws(Failure) {
        guard !summaries.isEmpty || !gone.isEmpty else { return }
        try run { connection in
            try connection.transaction { connection in
                for id in gone + summaries.map({ "\($0.id)" }) {
                    try connection.run("DELETE FROM trajectories WHERE id = ?", [.text(id)])
                }
                for summary in summaries { try Self.insert(summary, connection) }
            }
        }
    }

    private static func insert(_ summary: TrajectorySummary, _ connection: borrowing SQLiteConnection) throws {
        let id = SQLiteValue.text("\(summary.id)")
        let name = String(summary.environment.prefix { $0 != "@" })
        try connection.run(
            "INSERT INTO trajectories VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                id, .text(summary.environment), .text(name), .text(summary.digest), .text(summary.state),
                .text(summary.endedAt ?? summary.createdAt), .integer(Int64(summary.size)), .text(summary.tenant),
                .text(String(decoding: summary.json.encoded(), as: UTF8.self)),
            ])
        for (key, value) in summary.labels {
            try connection.run("INSERT INTO labels VALUES (?, ?, ?)", [id, .text(key), .text(value)])
        }
    }

    /// The first of those that a filter admits and the caller may see, oldest first.
    ///
    /// - Parameters:
    ///   - after: The id that they come behind; empty: from the oldest on.
    ///   - admits: Whether the caller may see it.
    func page(
        _ filter: TrajectoryFilter, after: String, limit: Int, where admits: (TrajectorySummary) -> Bool
    ) throws(Failure) -> [TrajectorySummary] {
        var condition = "id > ?"
        var values: [SQLiteValue] = []
        func add(_ text: String, _ more: SQLiteValue...) {
            condition += " AND " + text
            values += more
        }
        if let state = filter.state { add("state = ?", .text(state)) }
        if let digest = filter.digest { add("digest = ?", .text(digest)) }
        if let name = filter.environment {
            if name.contains("@") { add("environment = ?", .text(name)) } else { add("name = ?", .text(name)) }
        }
        if let (key, value) = filter.label {
            let all = "id IN (SELECT id FROM labels WHERE key = ?"
            if let value { add(all + " AND value = ?)", .text(key), .text(value)) } else { add(all + ")", .text(key)) }
        }
        let sql = "SELECT id, tenant, summary FROM trajectories WHERE \(condition) ORDER BY id LIMIT \(limit)"
        var page: [TrajectorySummary] = []
        var place = after
        while page.count < limit {
            let bound = [.text(place)] + values
            let rows = try run { try $0.query(sql, bound) { ($0.text(0), $0.text(1), $0.text(2)) } }
            let read = rows.compactMap { TrajectorySummary(json: try? JSONValue(parsing: $0.2), tenant: $0.1) }
            page += read.filter(admits).prefix(limit - page.count)
            guard rows.count == limit, let last = rows.last else { break }
            place = last.0
        }
        return page
    }

    /// Sealed ones that are too many or too old, the oldest first.
    ///
    /// - Parameters:
    ///   - bytes: Of all that may stay.
    ///   - time: Those that ended before it go.
    func surplus(beyond bytes: Int, before time: String) throws(Failure) -> [String] {
        try run { connection in
            let sealed = "FROM trajectories WHERE state <> 'recording'"
            var total = try connection.first("SELECT COALESCE(SUM(size), 0) \(sealed)") { Int($0.integer(0)) } ?? 0
            let isTooMuch = total > bytes
            let rows = try connection.query(
                "SELECT id, size, time \(sealed) AND (? OR time < ?) ORDER BY id",
                [SQLiteValue(booleanLiteral: isTooMuch), .text(time)]
            ) { ($0.text(0), Int($0.integer(1)), $0.text(2)) }
            var gone: [String] = []
            for row in rows where total > bytes || row.2 < time {
                gone.append(row.0)
                total -= row.1
            }
            return gone
        }
    }
}
