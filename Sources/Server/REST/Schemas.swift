import Foundations
import JSON
import Sessions
import Usage

extension RESTAPI {
    /// JSON Schemas of what goes over the wire, by name.
    nonisolated static let schemas: JSONObject = [catalogSchemas, keySchemas].reduce(
        into: sessionSchemas
    ) { all, schemas in for (name, schema) in schemas { all[name] = schema } }

    private nonisolated static let sessionSchemas: JSONObject = [
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
        "StartCheck": object(
            required: [], [("budget_seconds", ["type": "integer", "minimum": 1, "maximum": 3600])]),
        "Check": object(
            required: ["environment", "digest", "state"],
            [
                ("environment", text), ("digest", text), ("state", ["enum": ["waiting", "running", "done"]]),
                ("step", text), ("fraction", ["type": "number", "minimum": 0, "maximum": 1]),
                ("verdict", ["enum": ["passed", "rejected", "not_checked"]]), ("report", anyObject),
                ("attestation", anyObject),
            ]),
        "Compatibility": object(
            required: [],
            [
                ("environment", text), ("agent", text), ("compatible", ["type": "boolean"]), ("adapters", list(text)),
                ("reasons", list(text)),
                ("agents", list(object(required: ["name", "title"], [("name", text), ("title", text)]))),
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
        "UsageSummaries": object(
            required: ["groups"], [("groups", list(anyObject))]),
        "UsageEvents": object(
            required: ["events", "next"],
            [
                (
                    "events",
                    list(
                        object(
                            required: UsageField.all.map(\.name),
                            UsageField.all.map { ($0.name, $0.schema) }))
                ), ("next", nullable("string")),
            ]),
        "Trajectory": object(required: trajectory.map(\.0), trajectory + trajectoryOrigin),
        "Trajectories": object(
            required: ["trajectories", "next"],
            [("trajectories", list(reference("Trajectory"))), ("next", nullable("string"))]),
        "TrajectorySteps": object(
            required: ["steps", "next"], [("steps", list(anyObject)), ("next", nullable("integer"))]),
        "TrajectoryVerification": object(
            required: ["intact", "sealed", "recomputed", "records", "chunks", "trajectory_hash", "problems"],
            [
                ("intact", ["type": "boolean"]), ("sealed", ["type": "boolean"]), ("recomputed", ["type": "boolean"]),
                ("records", ["type": "integer"]), ("chunks", ["type": "integer"]), ("torn_bytes", ["type": "integer"]),
                ("trajectory_hash", text), ("problems", list(anyObject)),
            ]),
        "DeletedTrajectory": object(required: ["id", "deleted"], [("id", uuid), ("deleted", ["const": true])]),
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
        ("record", ["enum": ["full", "digest", "off", nil]]),
    ]

    private nonisolated static let trajectory: [(String, JSONValue)] = [
        ("id", uuid), ("environment", text), ("digest", text), ("instance", nullable("string")), ("seed", seed),
        ("record", ["enum": ["full", "digest"]]),
        ("state", ["enum": ["recording", "closed", "failed", "interrupted"]]),
        ("reason", nullable("string")), ("records", ["type": "integer"]), ("episodes", ["type": "integer"]),
        ("bytes", ["type": "integer"]), ("trajectory_hash", nullable("string")), ("parent", nullable("string")),
        ("branched_at", nullable("integer")), ("nondeterministic", ["type": "boolean"]), ("owner", text),
        ("labels", ["type": "object", "additionalProperties": text]), ("created_at", time),
        ("ended_at", nullable("string")),
    ]
    /// Told of one, not in lists.
    private nonisolated static let trajectoryOrigin: [(String, JSONValue)] = [
        ("params", anyObject), ("base", text), ("rows", nullable("integer")), ("autoreset", nullable("string")),
        ("branch_seed", nullable("integer")), ("observation_space", nullable("object")),
        ("action_space", nullable("object")), ("agents", ["type": ["array", "null"], "items": text]),
        ("backend", text), ("isolation", text), ("server", text),
    ]

    private nonisolated static let session: [(String, JSONValue)] =
        [
            ("id", uuid), ("environment", text), ("digest", text), ("instance", nullable("string")), ("backend", text),
            ("isolation", text), ("state", state), ("reason", nullable("string")),
        ] + position + [
            ("created_at", time), ("expires_at", time), ("address", text),
            ("labels", ["type": "object", "additionalProperties": text]), ("parent", nullable("string")),
            ("branched_at", nullable("integer")),
            ("validation", ["enum": ["full", "sampled", "off"]]), ("record", ["enum": ["full", "digest", "off"]]),
            ("warnings", list(text)),
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
    nonisolated static let anything: JSONValue = [:]
    nonisolated static let anyObject: JSONValue = ["type": "object"]
    nonisolated static let text: JSONValue = ["type": "string"]
    nonisolated static let uuid: JSONValue = ["type": "string", "format": "uuid"]
    nonisolated static let time: JSONValue = ["type": "string", "format": "date-time"]
    private nonisolated static let seed: JSONValue = ["type": ["integer", "null"], "minimum": 0]
    private nonisolated static let index: JSONValue = ["type": ["integer", "null"], "minimum": 0]
    private nonisolated static let state: JSONValue = [
        "enum": .array(SessionState.Phase.names.map(JSONValue.string))
    ]

    nonisolated static func nullable(_ type: String) -> JSONValue { ["type": [.string(type), "null"]] }
    nonisolated static func list(_ items: JSONValue) -> JSONValue { ["type": "array", "items": items] }

    private nonisolated static func perAgentOrRow(_ schema: JSONValue) -> JSONValue {
        ["anyOf": [schema, ["type": "object", "additionalProperties": schema], list(schema)]]
    }

    nonisolated static func object(required: [String], _ properties: [(String, JSONValue)]) -> JSONValue {
        [
            "type": "object", "required": .array(required.map(JSONValue.string)),
            "properties": .object(JSONObject(properties)), "additionalProperties": false,
        ]
    }
}
