import CSQLite

/// The prepared statements of one connection; the one that was not used for longest goes first.
final class StatementCache {
    private struct Entry {
        let statement: OpaquePointer
        var lastUse: UInt64
    }

    private let capacity: Int
    private var entries: [String: Entry] = [:]
    private var clock: UInt64 = 0

    init(capacity: Int) { self.capacity = capacity }

    /// The statement of a text, ready to be bound.
    func statement(_ sql: String, on connection: OpaquePointer) throws(SQLiteError) -> OpaquePointer {
        clock += 1
        if let known = entries[sql]?.statement {
            entries[sql]?.lastUse = clock
            return known
        }
        var prepared: OpaquePointer?
        let status = sqlite3_prepare_v3(
            connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard status == SQLITE_OK, let prepared else {
            throw SQLiteError(
                code: status == SQLITE_OK ? SQLITE_ERROR : sqlite3_extended_errcode(connection),
                message: status == SQLITE_OK ? "no statement" : String(cString: sqlite3_errmsg(connection)))
        }
        if entries.count >= capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            sqlite3_finalize(oldest.value.statement)
            entries[oldest.key] = nil
        }
        entries[sql] = Entry(statement: prepared, lastUse: clock)
        return prepared
    }

    func close() {
        for entry in entries.values { sqlite3_finalize(entry.statement) }
        entries = [:]
    }
}
