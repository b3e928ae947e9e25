import JSON

extension Manifest {
    /// The JSON Schema (2020-12) of `environment.yaml`, format 1. The parser checks documents against this very value.
    public static let jsonSchema: JSONValue = [
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "environment.yaml, format 1",
        "description": "Describes one version of an environment for Corral.",
        "type": "object",
        "required": ["manifest", "name", "version", "launch"],
        "additionalProperties": false,
        "properties": .object(properties),
    ]

    private static let properties: JSONObject = [
        "manifest": ["const": 1, "description": "The format of this file."],
        "name": text(.environmentName, "[namespace/]name"),
        "version": text(.version, "A semantic version; a published one never changes."),
        "title": text(.line, "What people call it."),
        "description": ["type": "string", "description": "What it is, in Markdown."],
        "authors": list(author, "Names, or names with addresses."),
        "license": text(.line, "An SPDX expression."),
        "homepage": text(.url, "Where to read on."),
        "tags": list(text(.tag), "Words to find it by.", unique: true),
        "gymnasium": list(text(.gymnasiumID), "Gymnasium ids that mean this environment.", unique: true),
        "launch": launch,
        "spaces": spaces,
        "reward": reward,
        "parameters": [
            "type": "object", "description": "A JSON Schema of the parameters of a session.",
            "required": ["type"], "properties": ["type": ["const": "object"]],
        ],
        "instances": instances,
        "agents": choice(Agents.allCases.map(\.rawValue), "Who acts.", fallback: "single"),
        "nondeterministic": [
            "type": "boolean", "default": false,
            "description": "Whether the same seed and actions may give another trajectory.",
        ],
        "behaviour_change": text(
            .line, "What behaves otherwise than in the release before, where the number alone does not say so."),
        "resources": resources,
        "fork": fork,
        "compatibility": object(
            ["python": text(.specifier), "gymnasium": text(.specifier)], "Versions it works with (PEP 440)."),
        "assets": list(
            object(["path": text(.relativePath), "sha256": text(.sha256)], required: ["path", "sha256"]),
            "Files that belong to it."),
        "render_modes": list(text(.line), "Modes that can be rendered, such as rgb_array.", unique: true),
    ]

    private static let author: JSONValue = [
        "type": ["string", "object"], "pattern": .string(TextForm.line.pattern), "required": ["name"],
        "additionalProperties": false, "properties": ["name": text(.line), "url": text(.url)],
    ]

    private static let launch: JSONValue = [
        "type": "object", "description": "The ways to start it.", "minProperties": 1, "additionalProperties": false,
        "properties": [
            "process": section(
                "A worker behind the sandbox's fence.", ["requirements": requirements, "lock": lock], image: false),
            "plain": section("A worker without a fence.", ["requirements": requirements, "lock": lock], image: false),
            "docker": section(
                "A worker in a container.",
                [
                    "image": text(.image),
                    "pull": choice(
                        Launch.Pull.allCases.map(\.rawValue), "When the image is fetched from its registry.",
                        fallback: "missing"),
                    "labels": [
                        "type": "object", "description": "Labels of the containers.",
                        "additionalProperties": ["type": "string"],
                    ],
                ], image: true),
            "native": object(
                [
                    "id": text(.line, "The id of an environment of Corral's own, such as CartPole-v1."),
                    "precision": choice(
                        ["float32", "float64"], "The precision of sessions whose parameters name none."),
                ], "An environment of the server's own program, without a worker.", required: ["id"]),
        ],
    ]

    private static let requirements = list(text(.requirement), "Requirements of pip.")
    private static let lock = text(
        .relativePath, "The file that fixes every requirement with its hashes; needed to publish.")

    private static func section(_ summary: JSONValue, _ more: JSONObject, image: Bool) -> JSONValue {
        var properties: JSONObject = [
            "protocol": ["enum": [1, 2, "auto"], "description": "The worker protocol that it speaks."],
            "worker": text(.entry, "A Python entry: module:Class or folder/file.py:Class."),
            "command": list(["type": "string", "minLength": 1], "A program and its arguments.", least: 1),
            "config": ["description": "Anything, given to the worker entry."],
            "share": choice(
                Launch.Share.allCases.map(\.rawValue), "Whether sessions are forked from one process (zygote)."),
            "sessions_per_worker": count("How many sessions of a tenant share one process.", 1...1024),
            "environment": [
                "type": "object", "description": "Variables of the worker.",
                "propertyNames": text(.variable), "additionalProperties": ["type": "string"],
            ],
            "volumes": list(text(.volume), "Folders of the host: HOST:/PATH[:ro|rw].", unique: true),
            "network": choice(Launch.Network.allCases.map(\.rawValue), "What it can reach.", fallback: "none"),
        ]
        for (key, value) in more { properties.append(key, value) }
        var section: JSONObject = [
            "type": "object", "description": summary, "additionalProperties": false, "properties": .object(properties),
        ]
        if image {
            section["required"] = ["image"]
        } else {
            section["oneOf"] = [["required": ["worker"]], ["required": ["command"]]]
        }
        return .object(section)
    }

    private static let spaces: JSONValue = [
        "description": "ask: the worker says them. Else the JSON forms of Gymnasium's spaces.",
        "default": "ask",
        "anyOf": [
            ["type": "string", "enum": ["ask"]],
            object(["observation": space, "action": space], required: ["observation", "action"]),
        ],
    ]

    private static let space: JSONValue = [
        "type": "object", "required": ["type"], "properties": ["type": ["type": "string"]],
    ]

    private static let reward: JSONValue = object(
        [
            "range": [
                "type": "array", "minItems": 2, "maxItems": 2, "description": "The least and the greatest of a step.",
                "items": [
                    "anyOf": [["type": "number"], ["type": "string", "enum": ["Infinity", "-Infinity"]]]
                ],
            ],
            "description": ["type": "string"],
        ], "What the reward of a step says.")

    private static let instances: JSONValue = [
        "type": "object", "description": "Its levels, games or tasks, in one of three ways.",
        "minProperties": 1, "maxProperties": 1, "additionalProperties": false,
        "properties": [
            "list": list(text(.line), "Their names.", unique: true, least: 1),
            "files": text(.relativePath, "A pattern with * and ? of files below the folder of the manifest."),
            "ask": ["const": true, "description": "The worker says them."],
        ],
    ]

    private static let resources: JSONValue = object(
        [
            "cpu": ["type": "number", "exclusiveMinimum": 0, "maximum": 1024, "description": "Cores."],
            "memory": size("Memory."),
            "pids": count("Processes and threads.", 1...1_000_000),
            "disk": size("The scratch folder."),
            "files": count("Open files of a process.", 16...1_000_000),
            "output": size("Standard error that is kept."),
            "step_time": text(.time, "How long a step may take."),
            "start_time": text(.time, "How long the start may take."),
            "reset_time": text(.time, "How long a reset may take."),
            "gpus": count("Graphics processors; docker only.", 0...64),
        ], "What one session may use.")

    private static let fork: JSONValue = [
        "description": "The ways to fork a session, the preferred one first, or refuse.",
        "anyOf": [
            ["type": "string", "enum": ["refuse"]],
            [
                "type": "array", "minItems": 1, "uniqueItems": true,
                "items": ["enum": .array(ForkMechanism.allCases.map { .string($0.rawValue) })],
            ],
        ],
    ]
}

// The parts that descriptions are made of.
extension Manifest {
    private static func text(_ form: TextForm, _ summary: String = "") -> JSONValue {
        described(["type": "string", "pattern": .string(form.pattern)], summary)
    }

    private static func list(
        _ items: JSONValue, _ summary: String, unique: Bool = false, least: Int64 = 0
    ) -> JSONValue {
        var schema: JSONObject = ["type": "array", "items": items]
        if unique { schema["uniqueItems"] = true }
        if least > 0 { schema["minItems"] = .integer(least) }
        return described(schema, summary)
    }

    private static func object(
        _ properties: JSONObject, _ summary: String = "", required: [String] = []
    ) -> JSONValue {
        var schema: JSONObject = ["type": "object", "additionalProperties": false, "properties": .object(properties)]
        if !required.isEmpty { schema["required"] = .array(required.map(JSONValue.string)) }
        return described(schema, summary)
    }

    private static func choice(_ choices: [String], _ summary: String, fallback: String? = nil) -> JSONValue {
        var schema: JSONObject = ["enum": .array(choices.map(JSONValue.string))]
        if let fallback { schema["default"] = .string(fallback) }
        return described(schema, summary)
    }

    private static func count(_ summary: String, _ range: ClosedRange<Int64>) -> JSONValue {
        described(
            ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)], summary)
    }

    private static func size(_ summary: String) -> JSONValue {
        described(
            [
                "type": ["string", "integer"], "pattern": .string(TextForm.size.pattern), "minimum": 0,
                "maximum": .integer(1 << 50),
            ], summary + " In bytes, or with a unit: 512MiB.")
    }

    private static func described(_ schema: JSONObject, _ summary: String) -> JSONValue {
        var schema = schema
        if !summary.isEmpty { schema["description"] = .string(summary) }
        return .object(schema)
    }
}
