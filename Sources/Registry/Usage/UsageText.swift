import JSON

/// Files of usage events in the forms that BigQuery loads.
public enum UsageText: String, Sendable, CaseIterable {
    /// One JSON object in each line.
    case ndjson
    /// RFC 4180, with a line of names; a field without a value is empty.
    case csv

    public var contentType: String {
        switch self {
        case .ndjson: "application/x-ndjson"
        case .csv: "text/csv"
        }
    }

    /// What stands before the first event.
    public var head: [UInt8] {
        switch self {
        case .ndjson: []
        case .csv: Array((UsageField.all.map(\.name).joined(separator: ",") + "\r\n").utf8)
        }
    }

    public func line(_ event: UsageEvent) -> [UInt8] {
        switch self {
        case .ndjson: JSONValue.object(event.json).encoded() + [UInt8(ascii: "\n")]
        case .csv:
            Array((UsageField.all.map { Self.cell($0.value(event)) }.joined(separator: ",") + "\r\n").utf8)
        }
    }

    private static func cell(_ value: JSONValue) -> String {
        if value.isNull { return "" }
        guard let text = value.string else { return String(decoding: value.encoded(), as: UTF8.self) }
        let isPlain = !text.utf8.contains { [0x22, 0x2c, 0x0a, 0x0d].contains($0) }
        guard !isPlain || text.isEmpty else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
