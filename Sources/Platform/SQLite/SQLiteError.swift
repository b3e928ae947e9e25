import CSQLite
import Foundations

/// What SQLite answered instead of success.
public struct SQLiteError: Error, Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// Another connection holds the lock for longer than the busy time-out.
        case busy
        /// A row with the same unique key is there.
        case unique
        /// Another constraint of the schema.
        case constraint
        /// No space on the disk, or the limit of pages.
        case full
        case readOnly
        case cannotOpen
        case inputOutput
        /// The file is damaged, or no database.
        case corrupt
        /// Its tables are of a newer program.
        case newer
        /// The statement is wrong.
        case statement
        case other
    }

    public let kind: Kind
    /// SQLite's extended result code.
    public let code: Int32
    public let message: String

    init(code: Int32, message: String) {
        self.code = code
        self.message = message
        kind =
            switch code & 0xff {
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_CONSTRAINT: Self.uniqueCodes.contains(code) ? .unique : .constraint
            case SQLITE_FULL: .full
            case SQLITE_READONLY: .readOnly
            case SQLITE_CANTOPEN: .cannotOpen
            case SQLITE_IOERR: .inputOutput
            case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
            case SQLITE_MISMATCH: .newer
            case SQLITE_ERROR: .statement
            default: .other
            }
    }

    /// The extended codes of unique indices, primary keys and row ids: `SQLITE_CONSTRAINT | n << 8`.
    private static let uniqueCodes: Set<Int32> = [8, 6, 10].reduce(into: []) { $0.insert(SQLITE_CONSTRAINT | $1 << 8) }
}

extension SQLiteError: CustomStringConvertible {
    public var description: String { "SQLite \(code): \(message)" }
}

extension Failure {
    /// What a store says about an error that it did not expect.
    public init(_ error: SQLiteError, path: String) {
        switch error.kind {
        case .busy:
            self.init(
                .unavailable, "the database \(path) is busy", next: "try again in a moment", cause: error)
        case .full:
            self.init(
                .resourceExhausted, "there is no space left for the database \(path)", next: "free disk space",
                cause: error)
        case .readOnly, .cannotOpen:
            self.init(
                .failedPrecondition, "the database \(path) cannot be opened for writing: \(error.message)",
                next: "check that the folder is there and writable", cause: error)
        case .corrupt:
            self.init(
                .failedPrecondition, "the database \(path) is damaged: \(error.message)",
                next: "restore a backup: corral catalog restore", cause: error)
        case .newer:
            self.init(
                .failedPrecondition, "the database \(path) is of a newer Corral: \(error.message)",
                next: "use that program, or another data directory (--data)", cause: error)
        case .unique, .constraint, .inputOutput, .statement, .other:
            self.init(.internal, "the database failed: \(error.message)", cause: error)
        }
    }
}
