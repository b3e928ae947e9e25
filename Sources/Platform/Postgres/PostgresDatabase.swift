import Foundations

/// A pool of connections to one server, each on a thread of its own.
public final class PostgresDatabase: Sendable {
    private let desks: [Desk]
    /// How many calls each desk has.
    private let loads: Guarded<[Int]>

    /// Connects. Blocks.
    ///
    /// - Parameters:
    ///   - connections: How many transactions may run at the same time.
    ///   - migrations: The steps of one module's tables; a step that was released is never changed.
    /// - Throws: `unavailable` where the server does not answer, `failed_precondition` where it refuses the user or its
    ///   tables are of a newer program.
    public init(
        url: String, connections: Int = 4, migrations: (name: String, steps: [String])? = nil
    ) throws(Failure) {
        do {
            let first = try PostgresConnection(url: url)
            if let migrations { try first.migrate(migrations.name, migrations.steps) }
            var desks = [Desk(first)]
            for _ in 1..<max(2, connections) { desks.append(Desk(try PostgresConnection(url: url))) }
            self.desks = desks
            loads = Guarded([Int](repeating: 0, count: desks.count))
        } catch { throw Self.failure(error) }
    }

    /// Runs a body in a transaction, again where others were in its way: it is committed when this returns.
    public func write<Value: Sendable>(
        _ body: @Sendable (borrowing PostgresConnection) throws -> Value
    ) async throws(Failure) -> Value { try await run("BEGIN", body) }

    /// Runs a body whose statements all see the same state, and every write that has returned.
    public func read<Value: Sendable>(
        _ body: @Sendable (borrowing PostgresConnection) throws -> Value
    ) async throws(Failure) -> Value { try await run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", body) }

    private func run<Value: Sendable>(
        _ begin: String, _ body: @Sendable (borrowing PostgresConnection) throws -> Value
    ) async throws(Failure) -> Value {
        let index = loads.withLock { loads in
            let least = loads.indices.min { loads[$0] < loads[$1] } ?? 0
            loads[least] += 1
            return least
        }
        defer { loads.withLock { $0[index] -= 1 } }
        do { return try await desks[index].run(begin, body) } catch { throw Self.failure(error) }
    }

    private static func failure(_ error: any Error) -> Failure {
        if let error = error as? PostgresError { return Failure(error) }
        return Failure(wrapping: error)
    }
}

/// A connection and the thread that it belongs to.
private actor Desk {
    private let thread = SerialThread()
    private let connection: PostgresConnection

    /// How often a transaction is tried that others were in the way of.
    private static let tries = 10

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(_ connection: consuming sending PostgresConnection) { self.connection = connection }

    func run<Value: Sendable>(
        _ begin: String, _ body: @Sendable (borrowing PostgresConnection) throws -> Value
    ) throws -> Value {
        var attempt = 1
        while true {
            // A connection that broke while nobody used it loses nothing.
            if !connection.begins(begin) {
                try connection.reconnect()
                try connection.runScript(begin)
            }
            switch connection.attempt(body) {
            case .success(let value): return value
            case .failure(let error):
                guard (error as? PostgresError)?.kind == .retry, attempt < Self.tries else { throw error }
                attempt += 1
            }
        }
    }
}

extension PostgresConnection {
    /// Whether a transaction could be begun.
    fileprivate borrowing func begins(_ begin: String) -> Bool {
        guard isOpen else { return false }
        do { try runScript(begin) } catch { return false }
        return true
    }

    /// Runs a body and commits, or takes everything back.
    fileprivate borrowing func attempt<Value>(
        _ body: (borrowing PostgresConnection) throws -> Value
    ) -> Result<Value, any Error> {
        do {
            let value = try body(self)
            try runScript("COMMIT")
            return .success(value)
        } catch {
            if isOpen { try? runScript("ROLLBACK") }
            return .failure(error)
        }
    }

    /// Applies the steps that the database does not have yet, all in one transaction.
    ///
    /// - Throws: `PostgresError` of kind `other` where the tables are of a newer program.
    public borrowing func migrate(_ name: String, _ steps: [String]) throws {
        try runScript("BEGIN")
        do {
            // Of several servers that start at the same time, one makes the tables.
            _ = try query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [.text("migrations")])
            try runScript("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, version BIGINT NOT NULL)")
            let found = try query("SELECT version FROM migrations WHERE name = $1", [.text(name)]).rows.first?.first
            let done = if case .integer(let number) = found { Int(number) } else { 0 }
            guard done <= steps.count else {
                throw Failure(
                    .failedPrecondition, "the tables \(name) are at version \(done), this program knows \(steps.count)",
                    next: "use a newer program")
            }
            for step in steps[done...] { try runScript(step) }
            _ = try query(
                "INSERT INTO migrations VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET version = excluded.version",
                [.text(name), .integer(Int64(steps.count))])
            try runScript("COMMIT")
        } catch {
            if isOpen { try? runScript("ROLLBACK") }
            throw error
        }
    }
}
