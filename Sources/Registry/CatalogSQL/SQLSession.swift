/// A value of a column or parameter.
public enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// One row of a result. Columns count from 0; what is not of the kind asked for is empty or 0.
public struct SQLRow: Sendable {
    public let values: [SQLValue]

    public init(_ values: [SQLValue]) { self.values = values }

    func text(_ column: Int) -> String { if case .text(let text) = values[column] { text } else { "" } }

    func optionalText(_ column: Int) -> String? { if case .text(let text) = values[column] { text } else { nil } }

    func integer(_ column: Int) -> Int64 { if case .integer(let number) = values[column] { number } else { 0 } }

    func blob(_ column: Int) -> [UInt8] { if case .blob(let bytes) = values[column] { bytes } else { [] } }
}

/// A connection inside a transaction, as the catalog's statements use it. Parameters are `$1`, `$2`, … in the order in
/// which they first appear.
public protocol SQLSession: ~Copyable {
    borrowing func rows(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow]
    /// - Returns: How many rows were changed.
    @discardableResult
    borrowing func change(_ sql: String, _ values: [SQLValue]) throws -> Int
    /// Waits until no other transaction holds the key; it is held until the end of this one.
    borrowing func lock(_ key: String) throws
    /// Replaces the words that searches find an environment by, the weightiest text first.
    borrowing func index(_ texts: [String], of environment: Int64) throws
    /// How a search finds environments by words; see `TextMatch`.
    borrowing func match(_ words: [String]) -> TextMatch
}

/// The parts of a search by words. `condition` has one parameter, `$1`; `rank` is less for a better match.
public struct TextMatch: Sendable {
    public let tables: String
    public let condition: String
    public let rank: String
    public let parameter: String

    /// - Parameter tables: With the environments as `e`.
    public init(tables: String, condition: String, rank: String, parameter: String) {
        self.tables = tables
        self.condition = condition
        self.rank = rank
        self.parameter = parameter
    }
}
