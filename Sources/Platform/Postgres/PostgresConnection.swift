import CPostgres
import Foundations

/// A value of a parameter or column.
public enum PostgresValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// One connection to a server, for one thread at a time. Calls wait for the server.
public struct PostgresConnection: ~Copyable {
    private let handle: OpaquePointer
    private let statements = PreparedStatements()

    /// - Parameter url: `postgresql://…`, or what else libpq reads; PGPASSWORD and PGPASSFILE work.
    public init(url: String) throws(PostgresError) {
        handle = try Self.open(url)
    }

    deinit { PQfinish(handle) }

    private static func open(_ url: String) throws(PostgresError) -> OpaquePointer {
        let keywords = ["dbname", "connect_timeout", "application_name", "client_encoding"]
        let values = [url, "10", "corral", "UTF8"]
        let opened = withTexts(keywords) { keywords in
            withTexts(values) { values in PQconnectdbParams(keywords, values, 1) }
        }
        guard let opened else { throw PostgresError(.connection, "out of memory") }
        guard PQstatus(opened) == CONNECTION_OK else {
            let error = PostgresError(.connection, message(opened))
            PQfinish(opened)
            throw error
        }
        // Notices of the server are for its log.
        PQsetNoticeProcessor(opened, { _, _ in }, nil)
        return opened
    }

    /// Whether the server was there when it was last asked.
    public var isOpen: Bool { PQstatus(handle) == CONNECTION_OK }

    /// Connects again; what was prepared is gone.
    public borrowing func reconnect() throws(PostgresError) {
        PQreset(handle)
        statements.names = [:]
        guard isOpen else { throw PostgresError(.connection, Self.message(handle)) }
    }

    /// The rows of one statement; parameters are `$1`, `$2`, ….
    public borrowing func query(
        _ sql: String, _ values: [PostgresValue] = []
    ) throws(PostgresError) -> (rows: [[PostgresValue]], changed: Int) {
        let name = try prepare(sql)
        let texts = values.map(\.parameter)
        let result = withParameters(texts) { pointers, lengths, formats in
            PQexecPrepared(handle, name, Int32(texts.count), pointers, lengths, formats, 0)
        }
        defer { PQclear(result) }
        try check(result)
        let changed = PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
        return (Self.rows(result), changed)
    }

    /// Runs several statements without parameters.
    public borrowing func runScript(_ sql: String) throws(PostgresError) {
        let result = PQexec(handle, sql)
        defer { PQclear(result) }
        try check(result)
    }

    private borrowing func prepare(_ sql: String) throws(PostgresError) -> String {
        if let name = statements.names[sql] { return name }
        // Bounded: statements of searches have many forms.
        if statements.names.count >= PreparedStatements.capacity {
            try runScript("DEALLOCATE ALL")
            statements.names = [:]
        }
        statements.count += 1
        let name = "s\(statements.count)"
        let result = PQprepare(handle, name, sql, 0, nil)
        defer { PQclear(result) }
        try check(result)
        statements.names[sql] = name
        return name
    }

    private func check(_ result: OpaquePointer?) throws(PostgresError) {
        let status = PQresultStatus(result)
        guard status != PGRES_COMMAND_OK, status != PGRES_TUPLES_OK, status != PGRES_EMPTY_QUERY else { return }
        let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) } ?? ""
        throw PostgresError(state: state, Self.message(handle))
    }

    private static func message(_ handle: OpaquePointer) -> String {
        let text = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        return text.split(separator: "\n").first.map(String.init) ?? "no answer"
    }

    private static func rows(_ result: OpaquePointer?) -> [[PostgresValue]] {
        let types = (0..<PQnfields(result)).map { PQftype(result, $0) }
        return (0..<PQntuples(result)).map { row in
            types.enumerated().map { column, type in value(result, row, Int32(column), type) }
        }
    }

    /// Columns arrive as text; what they are is told by the type's number in the server's catalog.
    private static func value(_ result: OpaquePointer?, _ row: Int32, _ column: Int32, _ type: Oid) -> PostgresValue {
        guard PQgetisnull(result, row, column) == 0, let bytes = PQgetvalue(result, row, column) else { return .null }
        switch type {
        case 16: return .integer(bytes.pointee == CChar(UInt8(ascii: "t")) ? 1 : 0)
        case 20, 21, 23: return .integer(Int64(String(cString: bytes)) ?? 0)
        case 700, 701: return .real(Double(String(cString: bytes)) ?? .nan)
        case 17:
            var count = 0
            guard let decoded = PQunescapeBytea(bytes, &count) else { return .blob([]) }
            defer { PQfreemem(decoded) }
            return .blob(Array(UnsafeBufferPointer(start: decoded, count: count)))
        default: return .text(String(cString: bytes))
        }
    }
}

@available(*, unavailable) extension PostgresConnection: Sendable {}

/// The names of what is prepared on a connection.
private final class PreparedStatements {
    static let capacity = 500
    var names: [String: String] = [:]
    var count = 0
}

extension PostgresValue {
    /// The bytes to send and whether they are binary; nil for null. Texts of a server hold no NUL: those are left out.
    fileprivate var parameter: (bytes: [UInt8], isBinary: Bool)? {
        switch self {
        case .null: nil
        case .integer(let number): (Array("\(number)".utf8), false)
        case .real(let number): (Array(Self.text(number).utf8), false)
        case .text(let text): (text.utf8.filter { $0 != 0 }, false)
        case .blob(let bytes): (bytes, true)
        }
    }

    private static func text(_ number: Double) -> String {
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        return number.isNaN ? "NaN" : "\(number)"
    }
}

private func withTexts<Value>(
    _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Value
) -> Value {
    let copies = texts.map { $0.utf8CString }
    func collect(_ index: Int, _ pointers: [UnsafePointer<CChar>?]) -> Value {
        guard index < copies.count else { return (pointers + [nil]).withUnsafeBufferPointer { body($0.baseAddress) } }
        return copies[index].withUnsafeBufferPointer { collect(index + 1, pointers + [$0.baseAddress]) }
    }
    return collect(0, [])
}

private func withParameters<Value>(
    _ parameters: [(bytes: [UInt8], isBinary: Bool)?],
    _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Value
) -> Value {
    // All in one buffer, each ended by a zero as libpq wants texts.
    var buffer: [CChar] = []
    var starts: [Int?] = []
    for parameter in parameters {
        starts.append(parameter == nil ? nil : buffer.count)
        if let parameter { buffer += parameter.bytes.map { CChar(bitPattern: $0) } + [0] }
    }
    let lengths = parameters.map { Int32(clamping: $0?.bytes.count ?? 0) }
    let formats = parameters.map { Int32($0?.isBinary == true ? 1 : 0) }
    return buffer.withUnsafeBufferPointer { base in
        let pointers = starts.map { start in start.flatMap { start in base.baseAddress.map { $0 + start } } }
        return pointers.withUnsafeBufferPointer { pointers in
            lengths.withUnsafeBufferPointer { lengths in
                formats.withUnsafeBufferPointer { body(pointers.baseAddress, lengths.baseAddress, $0.baseAddress) }
            }
        }
    }
}
