import CSQLite

/// A value that is bound to a parameter of a statement.
public enum SQLiteValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    /// Null where there is none.
    public init(_ text: String?) { self = text.map(SQLiteValue.text) ?? .null }

    /// Null where there is none.
    public init(_ number: Int64?) { self = number.map(SQLiteValue.integer) ?? .null }

    /// Null where there is none.
    public init(_ number: Double?) { self = number.map(SQLiteValue.real) ?? .null }
}

extension SQLiteValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .integer(value ? 1 : 0) }
    public init(nilLiteral: ()) { self = .null }
}

/// One row of a result, as long as it is the current one. Columns count from 0.
public struct SQLiteRow: ~Copyable {
    let statement: OpaquePointer

    /// All columns, each in the kind that it is stored in.
    public var values: [SQLiteValue] {
        (0..<sqlite3_column_count(statement)).map { column in
            switch sqlite3_column_type(statement, column) {
            case SQLITE_INTEGER: .integer(integer(column))
            case SQLITE_FLOAT: .real(real(column))
            case SQLITE_TEXT: .text(text(column))
            case SQLITE_BLOB: .blob(blob(column))
            default: .null
            }
        }
    }

    public func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

    /// 0 for null and for what is no number.
    public func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    public func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

    public func real(_ column: Int32) -> Double { sqlite3_column_double(statement, column) }

    public func optionalReal(_ column: Int32) -> Double? { isNull(column) ? nil : real(column) }

    /// Empty for null; what is not UTF-8 is repaired.
    public func text(_ column: Int32) -> String {
        guard let bytes = sqlite3_column_text(statement, column) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    public func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    /// Empty for null.
    public func blob(_ column: Int32) -> [UInt8] {
        guard let bytes = sqlite3_column_blob(statement, column) else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, column))))
    }
}
