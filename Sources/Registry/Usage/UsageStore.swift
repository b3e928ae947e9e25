import Foundations
import JSON
import SQLite

/// Usage events on disk, in the order they came.
public final class UsageStore: Sendable {
    /// An event and its place in the order.
    public typealias Numbered = (number: Int64, event: UsageEvent)

    private let database: SQLiteDatabase

    /// - Throws: What `SQLiteDatabase.init` throws. Blocks.
    public init(path: String) throws(Failure) {
        database = try SQLiteDatabase(path: path, readers: 1, migrations: ("usage", Self.migrations))
    }

    /// Keeps events; those that are there already stay as they are.
    public func add(_ events: [UsageEvent]) async throws(Failure) {
        try await database.write { connection in
            for event in events { try connection.run(Self.insertion, event.columns) }
        }
    }

    /// The events behind a number, oldest first.
    public func events(after number: Int64, matching query: UsageQuery, limit: Int) async throws(Failure) -> [Numbered]
    {
        try await database.read { connection in
            let (condition, values) = query.condition
            return try connection.query(
                "SELECT number, \(UsageEvent.columnNames) FROM usage WHERE number > ? AND \(condition) ORDER BY number LIMIT ?",
                [.integer(number)] + values + [.integer(Int64(limit))]
            ) { row in (row.integer(0), UsageEvent(row)) }
        }
    }

    /// Sums by the query's groups, the most steps first.
    public func summaries(_ query: UsageQuery, limit: Int = 1000) async throws(Failure) -> [UsageSummary] {
        try await database.read { connection in
            let (condition, values) = query.condition
            let columns = query.groups.map(\.column)
            let names = columns.map { $0 + ", " }.joined()
            let grouping = columns.isEmpty ? "" : "GROUP BY " + columns.joined(separator: ", ")
            return try connection.query(
                """
                SELECT \(names)COUNT(*) FILTER (WHERE kind = 'session'),
                    COUNT(*) FILTER (WHERE kind = 'session' AND outcome LIKE 'failed%'),
                    COUNT(*) FILTER (WHERE kind = 'episode'),
                    COALESCE(SUM(steps) FILTER (WHERE kind = 'session'), 0),
                    AVG(total) FILTER (WHERE kind = 'episode'),
                    COALESCE(SUM(ended_at - started_at) FILTER (WHERE kind = 'session'), 0) / 1e6,
                    COALESCE(SUM(cpu_microseconds), 0) / 1e6
                FROM usage WHERE \(condition) \(grouping)
                HAVING COUNT(*) > 0 ORDER BY \(columns.count + 4) DESC LIMIT ?
                """, values + [.integer(Int64(limit))]
            ) { row in
                let first = Int32(columns.count)
                return UsageSummary(
                    keys: (0..<first).map { row.text($0) }, sessions: Int(row.integer(first)),
                    failures: Int(row.integer(first + 1)), episodes: Int(row.integer(first + 2)),
                    steps: Int(row.integer(first + 3)), meanReturn: row.optionalReal(first + 4),
                    sessionSeconds: row.real(first + 5), processorSeconds: row.real(first + 6))
            }
        }
    }

    /// Forgets events that were over before a time, up to those that exporters have not sent yet.
    public func forget(before time: Timestamp) async throws(Failure) {
        _ = try await database.write { connection in
            try connection.run(
                """
                DELETE FROM usage WHERE ended_at < ? AND number <= COALESCE((SELECT MIN(sent) FROM usage_exports), \
                9223372036854775807)
                """, [.integer(time.microseconds)])
        }
    }

    /// The number of the last event that an exporter has sent; 0 before the first.
    public func sent(by exporter: String) async throws(Failure) -> Int64 {
        try await database.write { connection in
            try connection.run("INSERT OR IGNORE INTO usage_exports VALUES (?, 0)", [.text(exporter)])
            return try connection.first("SELECT sent FROM usage_exports WHERE exporter = ?", [.text(exporter)]) {
                $0.integer(0)
            } ?? 0
        }
    }

    /// An exporter is done with all events up to a number, but for those that its receiver refused.
    public func markSent(
        by exporter: String, upTo number: Int64, refused: [(number: Int64, reason: String)]
    ) async throws(Failure) {
        try await database.write { connection in
            for (refusedNumber, reason) in refused {
                try connection.run(
                    "INSERT OR REPLACE INTO usage_refusals VALUES (?, ?, ?)",
                    [.text(exporter), .integer(refusedNumber), .text(reason)])
            }
            try connection.run(
                "UPDATE usage_exports SET sent = MAX(sent, ?) WHERE exporter = ?", [.integer(number), .text(exporter)])
        }
    }

    /// What receivers refused for good, by the events' ids.
    public func refusals(of exporter: String) async throws(Failure) -> [(event: String, reason: String)] {
        try await database.read { connection in
            try connection.query(
                """
                SELECT COALESCE(event_id, ''), reason FROM usage_refusals LEFT JOIN usage USING (number)
                WHERE exporter = ? ORDER BY number
                """, [.text(exporter)]
            ) { ($0.text(0), $0.text(1)) }
        }
    }
}

extension UsageStore {
    private static let migrations = [
        """
        CREATE TABLE usage (
            number INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
            started_at INTEGER NOT NULL, ended_at INTEGER NOT NULL, server TEXT NOT NULL, session TEXT NOT NULL,
            environment TEXT NOT NULL, digest TEXT NOT NULL, instance TEXT, backend TEXT NOT NULL,
            caller TEXT NOT NULL, tenant TEXT NOT NULL, episode INTEGER, rows INTEGER, episodes INTEGER,
            steps INTEGER NOT NULL, total REAL, outcome TEXT NOT NULL, cpu_microseconds INTEGER, peak_memory INTEGER
        );
        CREATE INDEX usage_ended ON usage (ended_at);
        CREATE TABLE usage_exports (exporter TEXT PRIMARY KEY, sent INTEGER NOT NULL);
        CREATE TABLE usage_refusals (
            exporter TEXT NOT NULL, number INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (exporter, number)
        );
        """,
        "CREATE INDEX usage_environment ON usage (environment)",
    ]

    fileprivate static let insertion =
        "INSERT INTO usage (\(UsageEvent.columnNames)) VALUES (\(UsageEvent.placeholders)) ON CONFLICT (event_id) DO NOTHING"
}

extension UsageEvent {
    fileprivate static let names = [
        "event_id", "kind", "started_at", "ended_at", "server", "session", "environment", "digest", "instance",
        "backend", "caller", "tenant", "episode", "rows", "episodes", "steps", "total", "outcome", "cpu_microseconds",
        "peak_memory",
    ]
    static let columnNames = names.joined(separator: ", ")
    fileprivate static let placeholders = names.map { _ in "?" }.joined(separator: ", ")

    fileprivate var columns: [SQLiteValue] {
        [
            .text(id), .text(kind.rawValue), .integer(startedAt.microseconds), .integer(endedAt.microseconds),
            .text(server), .text(session), .text(environment), .text(digest), SQLiteValue(instance), .text(backend),
            .text(caller), .text(tenant), SQLiteValue(episode.map(Int64.init)), SQLiteValue(rows.map(Int64.init)),
            SQLiteValue(episodes.map(Int64.init)), .integer(Int64(steps)), SQLiteValue(total), .text(outcome),
            SQLiteValue(processorTime.map { Int64($0 / .microseconds(1)) }), SQLiteValue(peakMemory.map(Int64.init)),
        ]
    }

    /// Reads `columnNames` behind the first column.
    fileprivate init(_ row: borrowing SQLiteRow) {
        self.init(
            id: row.text(1), kind: Kind(rawValue: row.text(2)) ?? .session,
            startedAt: Timestamp(microseconds: row.integer(3)), endedAt: Timestamp(microseconds: row.integer(4)),
            server: row.text(5), session: row.text(6), environment: row.text(7), digest: row.text(8),
            instance: row.optionalText(9), backend: row.text(10), caller: row.text(11), tenant: row.text(12),
            episode: row.optionalInteger(13).map { Int($0) }, rows: row.optionalInteger(14).map { Int($0) },
            episodes: row.optionalInteger(15).map { Int($0) }, steps: Int(row.integer(16)),
            total: row.optionalReal(17), outcome: row.text(18),
            processorTime: row.optionalInteger(19).map { .microseconds($0) },
            peakMemory: row.optionalInteger(20).map { Int($0) })
    }
}

extension UsageQuery.Group {
    fileprivate var column: String {
        self == .day ? "strftime('%Y-%m-%d', ended_at / 1000000, 'unixepoch')" : rawValue
    }
}

extension UsageQuery {
    fileprivate var condition: (sql: String, values: [SQLiteValue]) {
        var parts = ["1 = 1"]
        var values: [SQLiteValue] = []
        if let since {
            parts.append("ended_at >= ?")
            values.append(.integer(since.microseconds))
        }
        if let until {
            parts.append("ended_at < ?")
            values.append(.integer(until.microseconds))
        }
        if let environment {
            // All versions stand between `name@` and `nameA`.
            let isExact = environment.contains("@")
            parts.append(isExact ? "environment = ?" : "environment > ? AND environment < ?")
            values += isExact ? [.text(environment)] : [.text(environment + "@"), .text(environment + "A")]
        }
        if let caller {
            parts.append("caller = ?")
            values.append(.text(caller))
        }
        if let tenant {
            parts.append("tenant = ?")
            values.append(.text(tenant))
        }
        return (parts.joined(separator: " AND "), values)
    }
}
