import CatalogSQL
import Foundations
import SQLite

extension SQLiteConnection: SQLSession {
    public borrowing func rows(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow] {
        try query(sql, values.map(SQLiteValue.init)) { row in SQLRow(row.values.map(SQLValue.init)) }
    }

    @discardableResult
    public borrowing func change(_ sql: String, _ values: [SQLValue]) throws -> Int {
        try run(sql, values.map(SQLiteValue.init))
    }

    /// Only one transaction writes at a time.
    public borrowing func lock(_ key: String) throws {}

    public borrowing func index(_ texts: [String], of environment: Int64) throws {
        try run("DELETE FROM listing_text WHERE rowid = ?", [.integer(environment)])
        try run(
            "INSERT INTO listing_text (rowid, name, title, tags, description) VALUES (?, ?, ?, ?, ?)",
            [.integer(environment)] + texts.map(SQLiteValue.text))
    }

    public borrowing func match(_ words: [String]) -> TextMatch {
        TextMatch(
            tables: "listing_text JOIN environments e ON e.id = listing_text.rowid",
            condition: "listing_text MATCH $1", rank: "bm25(listing_text, 10.0, 6.0, 4.0, 1.0)",
            // Words are letters and digits only.
            parameter: words.map { "\"\($0)\"*" }.joined(separator: " "))
    }

    static let dialect = CatalogMigrations.Dialect(
        identity: "INTEGER PRIMARY KEY", blob: "BLOB", binary: "",
        text: """
            CREATE VIRTUAL TABLE listing_text USING fts5
            (name, title, tags, description, tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3 4');
            """,
        appendOnly: ["UPDATE", "DELETE"].map { change in
            """
            CREATE TRIGGER audit_refuses_\(change.lowercased()) BEFORE \(change) ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
            """
        }.joined(separator: "\n"))
}

extension SQLiteValue {
    init(_ value: SQLValue) {
        self =
            switch value {
            case .null: .null
            case .integer(let number): .integer(number)
            case .real(let number): .real(number)
            case .text(let text): .text(text)
            case .blob(let bytes): .blob(bytes)
            }
    }
}

extension SQLValue {
    init(_ value: SQLiteValue) {
        self =
            switch value {
            case .null: .null
            case .integer(let number): .integer(number)
            case .real(let number): .real(number)
            case .text(let text): .text(text)
            case .blob(let bytes): .blob(bytes)
            }
    }
}
