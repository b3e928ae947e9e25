import Foundations
import JSON

/// One column of usage events wherever they are written: JSON, CSV, the table and BigQuery's schema read the same list.
public struct UsageField: Sendable {
    /// BigQuery's names.
    public enum Kind: String, Sendable {
        case string = "STRING"
        case integer = "INTEGER"
        case float = "FLOAT"
        case timestamp = "TIMESTAMP"
    }

    public let name: String
    public let kind: Kind
    public let isRequired: Bool
    public let summary: String
    /// A timestamp is its text.
    let value: @Sendable (UsageEvent) -> JSONValue

    private init(
        _ name: String, _ kind: Kind, _ summary: String, isRequired: Bool = true,
        _ value: @escaping @Sendable (UsageEvent) -> JSONValue
    ) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.summary = summary
        self.value = value
    }

    private static func number(_ value: Int?) -> JSONValue { value.map { .integer(Int64($0)) } ?? .null }

    public static let all: [UsageField] = [
        .init("event_id", .string, "The same for the same session or episode.") { .string($0.id) },
        .init("kind", .string, "session or episode.") { .string($0.kind.rawValue) },
        .init("started_at", .timestamp, "When it began.") { .string($0.startedAt.rfc3339) },
        .init("ended_at", .timestamp, "When it was over.") { .string($0.endedAt.rfc3339) },
        .init("server", .string, "The server that ran it.") { .string($0.server) },
        .init("session", .string, "The session's id.") { .string($0.session) },
        .init("environment", .string, "The exact version: namespace/name@1.2.0.") { .string($0.environment) },
        .init("digest", .string, "The version's digest.") { .string($0.digest) },
        .init("instance", .string, "The instance that was played.", isRequired: false) {
            $0.instance.map(JSONValue.string) ?? .null
        },
        .init("backend", .string, "process, docker, plain or native.") { .string($0.backend) },
        .init("caller", .string, "Who made the session.") { .string($0.caller) },
        .init("tenant", .string, "The caller's tenant.") { .string($0.tenant) },
        .init("episode", .integer, "The number of the episode, from 0.", isRequired: false) { number($0.episode) },
        .init("rows", .integer, "Of a vector session.", isRequired: false) { number($0.rows) },
        .init("episodes", .integer, "How many a session began.", isRequired: false) { number($0.episodes) },
        .init("steps", .integer, "Answered steps, of all rows together.") { number($0.steps) },
        .init("return", .float, "The sum of the rewards.", isRequired: false) {
            $0.total.map(JSONValue.number) ?? .null
        },
        .init("duration_seconds", .float, "From its beginning to its end.") {
            .number($0.duration / .seconds(1))
        },
        .init("cpu_seconds", .float, "Processor time of the sandbox.", isRequired: false) { event in
            event.processorTime.map { .number($0 / .seconds(1)) } ?? .null
        },
        .init("memory_peak_bytes", .integer, "The largest memory of the sandbox.", isRequired: false) {
            number($0.peakMemory)
        },
        .init("outcome", .string, "terminated, truncated, abandoned; closed or failed, and why.") {
            .string($0.outcome)
        },
    ]

    /// JSON Schema of the field.
    public var schema: JSONValue {
        let type =
            switch kind {
            case .string, .timestamp: "string"
            case .integer: "integer"
            case .float: "number"
            }
        var schema: JSONObject = [
            "type": isRequired ? .string(type) : [.string(type), "null"], "description": .string(summary),
        ]
        if kind == .timestamp { schema["format"] = "date-time" }
        return .object(schema)
    }

    /// The schema file of BigQuery's `bq load` and of its tables.
    public static var bigQuerySchema: JSONValue {
        .array(
            all.map { field in
                [
                    "name": .string(field.name), "type": .string(field.kind.rawValue),
                    "mode": .string(field.isRequired ? "REQUIRED" : "NULLABLE"), "description": .string(field.summary),
                ]
            })
    }
}

extension UsageEvent {
    /// Every field by its name; fields without a value are null.
    public var json: JSONObject { JSONObject(UsageField.all.map { ($0.name, $0.value(self)) }) }
}
