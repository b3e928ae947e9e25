import Foundations
import Synchronization

/// A database file behind threads of its own: one that writes, and some that read beside it.
public final class SQLiteDatabase: Sendable {
    public let path: String
    private let writer: Desk
    private let readers: [Desk]
    private let turn = Atomic<Int>(0)

    /// Opens a database, and makes it where there is none. Blocks.
    ///
    /// - Parameters:
    ///   - readers: How many reads may run at the same time.
    ///   - migrations: The steps of one module's tables; see `SQLiteConnection.migrate`.
    /// - Throws: `failed_precondition` where the file cannot be opened or is of a newer program, `unavailable` where
    ///   another process holds its lock.
    public init(path: String, readers: Int = 2, migrations: (name: String, steps: [String])? = nil) throws(Failure) {
        self.path = path
        do {
            let connection = try SQLiteConnection(path: path)
            if let migrations { try connection.migrate(migrations.name, migrations.steps) }
            writer = Desk(connection)
            var desks: [Desk] = []
            // Read-write, because the last one to close a WAL database has to be able to tidy it up.
            for _ in 0..<max(1, readers) {
                desks.append(Desk(try SQLiteConnection(path: path, access: .readWrite)))
            }
            self.readers = desks
        } catch {
            throw Self.failure(error, path)
        }
    }

    /// Runs a body on the writer, in a transaction: all of it is on disk when this returns, or nothing is.
    ///
    /// - Throws: The failures of the body; an `SQLiteError` of the body becomes one.
    public func write<Value: Sendable>(
        _ body: @Sendable (borrowing SQLiteConnection) throws -> Value
    ) async throws(Failure) -> Value {
        do { return try await writer.write(body) } catch { throw Self.failure(error, path) }
    }

    /// Runs a body on a reader; all its statements see the same state, and every write that has returned.
    public func read<Value: Sendable>(
        _ body: @Sendable (borrowing SQLiteConnection) throws -> Value
    ) async throws(Failure) -> Value {
        let index = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        let desk = readers[Int(UInt(bitPattern: index) % UInt(readers.count))]
        do { return try await desk.read(body) } catch { throw Self.failure(error, path) }
    }

    /// Runs a body on the writer without a transaction: for backups and pragmas.
    public func maintain<Value: Sendable>(
        _ body: @Sendable (borrowing SQLiteConnection) throws -> Value
    ) async throws(Failure) -> Value {
        do { return try await writer.maintain(body) } catch { throw Self.failure(error, path) }
    }

    private static func failure(_ error: any Error, _ path: String) -> Failure {
        if let error = error as? SQLiteError { return Failure(error, path: path) }
        return Failure(wrapping: error)
    }
}

/// A connection and the thread that it belongs to.
private actor Desk {
    private let thread = SerialThread()
    private let connection: SQLiteConnection

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(_ connection: consuming sending SQLiteConnection) { self.connection = connection }

    func write<Value: Sendable>(_ body: @Sendable (borrowing SQLiteConnection) throws -> Value) throws -> Value {
        try connection.transaction(body)
    }

    func read<Value: Sendable>(_ body: @Sendable (borrowing SQLiteConnection) throws -> Value) throws -> Value {
        try connection.snapshot(body)
    }

    func maintain<Value: Sendable>(_ body: @Sendable (borrowing SQLiteConnection) throws -> Value) throws -> Value {
        try body(connection)
    }
}
