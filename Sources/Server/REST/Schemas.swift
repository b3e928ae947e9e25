import Foundations
import JSON
import Sessions

extension RESTAPI {
    /// JSON Schemas of what goes over the wire, by name.
    nonisolated static let schemas: JSONObject = [
        "CreateSession": object(required: ["environment"], creation),
        "CreateSessions": object(
            required: ["environment", "count"],
            creation + [("count", ["type": "integer", "minimum": 1, "maximum": 10000])]),
        "Reset": object(required: [], [("seed", seed), ("options", anyObject), ("index", index)]),
        "Step": object(required: ["action"], [("action", anything), ("index", index)]),
        "Steps": object(
            required: ["steps"],
            [
                (
                    "steps",
                    list(
                        object(
                            required: ["session", "action"],
                            [("session", uuid), ("action", anything), ("index", index)]))
                )
            ]),
        "Fork": object(required: [], [("count", ["type": "integer", "minimum": 1]), ("seed", seed)]),
        "Session": object(required: session.map(\.0), session),
        "CreatedSession": object(
            required: session.map(\.0),
            session + [("observation", anything), ("info", anyObject), ("agent", text), ("seed", seed)]),
        "CreatedSessions": object(required: ["sessions"], [("sessions", list(reference("CreatedSession")))]),
        "Sessions": object(
            required: ["sessions", "next"], [("sessions", list(reference("Session"))), ("next", nullable("string"))]),
        "TakeSnapshot": object(required: ["name"], [("name", ["type": "string", "maxLength": 64])]),
        "Snapshot": object(required: snapshotMembers.map(\.0), snapshotMembers),
        "Snapshots": object(required: ["snapshots"], [("snapshots", list(reference("Snapshot")))]),
        "RestoredSession": object(
            required: session.map(\.0) + ["mechanism"], session + [("mechanism", mechanism)]),
        "Checkpoint": object(required: checkpointMembers.map(\.0), checkpointMembers),
        "Checkpoints": object(required: ["checkpoints"], [("checkpoints", list(reference("Checkpoint")))]),
        "ForkedSessions": object(
            required: ["sessions", "mechanism", "exact", "duration_ms"],
            [
                ("sessions", list(reference("Session"))),
                ("mechanism", mechanism),
                ("exact", ["enum": [true, "replayed"]]), ("duration_ms", ["type": "number", "minimum": 0]),
            ]),
        "ClosedSession": object(
            required: ["id", "state"], [("id", uuid), ("state", state), ("branches", ["type": "integer"])]),
        "KeptAlive": object(required: ["expires_at"], [("expires_at", time)]),
        "ResetResult": object(
            required: ["index", "episode", "observation", "info", "seed"],
            position + [("observation", anything), ("info", anyObject), ("agent", text), ("seed", seed)]),
        "StepResult": object(
            required: ["index", "episode", "observation", "reward", "terminated", "truncated", "info"],
            position + [
                ("observation", anything), ("reward", perAgentOrRow(nullable("number"))),
                ("terminated", perAgentOrRow(["type": "boolean"])),
                ("truncated", perAgentOrRow(["type": "boolean"])),
                ("info", anyObject), ("agent", text),
            ]),
        "StepResults": object(
            required: ["results"],
            [("results", list(["anyOf": [reference("StepResult"), reference("Error")]]))]),
        "Logs": object(required: ["lines"], [("lines", list(text))]),
        "Usage": object(
            required: ["cpu_seconds", "memory_bytes", "memory_peak_bytes", "pids"],
            [
                ("cpu_seconds", ["type": "number"]), ("memory_bytes", ["type": "integer"]),
                ("memory_peak_bytes", ["type": "integer"]), ("pids", ["type": "integer"]),
            ]),
        "Environment": [
            "type": "object", "required": ["reference", "name", "version", "digest"],
            "properties": ["reference": text, "name": text, "version": text, "digest": text, "title": text],
        ],
        "Environments": object(
            required: ["environments", "next"],
            [("environments", list(reference("Environment"))), ("next", nullable("string"))]),
        "RLConfigurations": object(
            required: ["environment", "settings"],
            [
                ("environment", text),
                (
                    "settings",
                    list(
                        object(
                            required: ["environment", "library", "backend", "algorithm", "source", "values"],
                            [
                                ("environment", text), ("library", text), ("backend", text), ("algorithm", text),
                                ("source", text), ("values", ["type": "object"]),
                            ]))
                ),
            ]),
        "Capabilities": anyObject,
        "Health": object(
            required: ["status", "version", "sessions", "max_sessions"],
            [
                ("status", ["const": "ok"]), ("version", text), ("sessions", ["type": "integer"]),
                ("max_sessions", ["type": "integer"]),
            ]),
        "Empty": object(required: [], []),
        "Error": object(
            required: ["error"],
            [
                (
                    "error",
                    object(
                        required: ["code", "message", "next", "request_id", "details"],
                        [
                            ("code", ["enum": .array(Failure.Code.allCases.map { .string($0.rawValue) })]),
                            ("message", text), ("next", text), ("request_id", text),
                            ("details", ["type": "object", "additionalProperties": text]),
                        ])
                )
            ]),
    ]

    private nonisolated static let creation: [(String, JSONValue)] = [
        ("environment", ["type": "string", "examples": ["classic/CartPole@^1.0", "CartPole-v1"]]),
        ("instance", nullable("string")), ("params", anyObject), ("seed", seed), ("options", anyObject),
        ("labels", ["type": "object", "additionalProperties": text]), ("reset", ["type": "boolean", "default": true]),
        ("prefix", ["type": "array"]),
        ("rows", ["type": ["integer", "null"], "minimum": 1]),
        ("autoreset", ["enum": ["NextStep", "SameStep", "Disabled", .null]]),
    ]

    private nonisolated static let session: [(String, JSONValue)] =
        [
            ("id", uuid), ("environment", text), ("digest", text), ("instance", nullable("string")), ("backend", text),
            ("isolation", text), ("state", state), ("reason", nullable("string")),
        ] + position + [
            ("created_at", time), ("expires_at", time), ("address", text),
            ("labels", ["type": "object", "additionalProperties": text]), ("parent", nullable("string")),
            ("branched_at", nullable("integer")),
            ("validation", ["enum": ["full", "sampled", "off"]]),
            ("rows", ["type": ["integer", "null"], "minimum": 1]), ("autoreset", nullable("string")),
            ("agents", ["type": ["array", "null"], "items": text]),
            ("trajectory_hash", nullable("string")), ("observation_space", nullable("object")),
            ("action_space", nullable("object")),
        ]

    private nonisolated static let mechanism: JSONValue = [
        "enum": .array(ForkMechanism.allCases.map { .string($0.rawValue) })
    ]
    private nonisolated static let snapshotMembers: [(String, JSONValue)] =
        [("name", text)] + position + [("mechanism", mechanism)]
    private nonisolated static let checkpointMembers: [(String, JSONValue)] =
        [("id", uuid), ("session", uuid), ("environment", text), ("digest", text), ("instance", nullable("string"))]
        + position + [("trajectory_hash", nullable("string")), ("created_at", time)]

    private nonisolated static let position: [(String, JSONValue)] = [
        ("index", ["type": "integer", "minimum": -1]), ("episode", ["type": "integer", "minimum": -1]),
    ]
    private nonisolated static let anything: JSONValue = [:]
    private nonisolated static let anyObject: JSONValue = ["type": "object"]
    private nonisolated static let text: JSONValue = ["type": "string"]
    private nonisolated static let uuid: JSONValue = ["type": "string", "format": "uuid"]
    private nonisolated static let time: JSONValue = ["type": "string", "format": "date-time"]
    private nonisolated static let seed: JSONValue = ["type": ["integer", "null"], "minimum": 0]
    private nonisolated static let index: JSONValue = ["type": ["integer", "null"], "minimum": 0]
    private nonisolated static let state: JSONValue = [
        "enum": .array(SessionState.Phase.names.map(JSONValue.string))
    ]

    private nonisolated static func nullable(_ type: String) -> JSONValue { ["type": [.string(type), "null"]] }
    private nonisolated static func list(_ items: JSONValue) -> JSONValue { ["type": "array", "items": items] }

    private nonisolated static func perAgentOrRow(_ schema: JSONValue) -> JSONValue {
        ["anyOf": [schema, ["type": "object", "additionalProperties": schema], list(schema)]]
    }

    private nonisolated static func object(required: [String], _ properties: [(String, JSONValue)]) -> JSONValue {
        [
            "type": "object", "required": .array(required.map(JSONValue.string)),
            "properties": .object(JSONObject(properties)), "additionalProperties": false,
        ]
    }
}
