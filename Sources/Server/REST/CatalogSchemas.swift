import Catalog
import JSON

extension RESTAPI {
    /// JSON Schemas of the catalog, by name.
    nonisolated static let catalogSchemas: JSONObject = [
        "Environment": [
            "type": "object", "required": ["reference", "name", "version", "digest", "state", "warnings", "source"],
            "properties": [
                "reference": text, "name": text, "version": text, "digest": text, "title": text, "state": stateName,
                "warnings": list(text), "source": ["enum": ["folder", "catalog"]],
                "admission": ["type": ["object", "null"]], "usage": anyObject,
            ],
        ],
        "Environments": object(
            required: ["environments", "next"],
            [
                ("environments", list(reference("Environment"))), ("next", nullable("string")),
                (
                    "facets",
                    [
                        "type": "object",
                        "additionalProperties": list(
                            object(required: ["value", "count"], [("value", text), ("count", ["type": "integer"])])),
                    ]
                ),
            ]),
        "BeginUpload": object(
            required: ["digest", "size"], [("digest", digest), ("size", ["type": "integer", "minimum": 0])]),
        "Upload": object(
            required: ["id", "digest", "size", "offset", "expires_at", "complete"],
            [
                ("id", text), ("digest", digest), ("size", ["type": "integer"]), ("offset", ["type": "integer"]),
                ("expires_at", time), ("complete", ["const": false]),
            ]),
        "StoredBlob": object(
            required: ["digest", "complete"], [("digest", digest), ("complete", ["const": true])]),
        "Publish": object(required: ["bundle"], [("bundle", digest), ("reason", text)]),
        "Version": [
            "type": "object",
            "required": [
                "reference", "name", "version", "digest", "state", "state_detail", "bundle", "size", "published_at",
                "published_by", "warnings",
            ],
            "properties": [
                "reference": text, "name": text, "version": text, "digest": digest, "state": stateName,
                "state_detail": anyObject, "bundle": digest, "size": ["type": "integer"], "published_at": time,
                "published_by": text, "warnings": list(text), "source": text, "check": anyObject,
            ],
        ],
        "Versions": object(required: ["versions"], [("versions", list(reference("Version")))]),
        "History": object(
            required: ["entries", "next"],
            [
                (
                    "entries",
                    list(
                        object(
                            required: ["sequence", "at", "by", "action", "version", "reason", "details"],
                            [
                                ("sequence", ["type": "integer"]), ("at", time), ("by", text), ("action", text),
                                ("version", nullable("string")), ("reason", text), ("details", anyObject),
                            ]))
                ), ("next", nullable("integer")),
            ]),
        "SetAlias": object(
            required: ["alias"], [("alias", text), ("version", nullable("string")), ("reason", text)]),
        "UpdateEnvironment": object(
            required: [],
            [
                ("title", nullable("string")), ("description", nullable("string")), ("homepage", nullable("string")),
                ("tags", ["type": ["array", "null"], "items": text]), ("reason", text),
            ]),
        "CatalogEnvironment": object(
            required: ["name", "metadata", "aliases", "created_at", "created_by", "updated_at"],
            [
                ("name", text), ("metadata", anyObject),
                ("aliases", ["type": "object", "additionalProperties": text]), ("created_at", time),
                ("created_by", text), ("updated_at", time),
            ]),
        "Deprecate": object(
            required: ["message"], [("message", text), ("successor", nullable("string")), ("reason", text)]),
        "Reason": object(required: [], [("reason", text)]),
        "Approve": object(required: [], [("comment", text), ("envelope", nullable("object"))]),
        "Review": [
            "type": "object",
            "required": [
                "reference", "digest", "state", "state_detail", "published_by", "submitted_by", "round", "rule",
                "allowed", "decision", "missing", "checks", "approvals", "ignored", "statement",
            ],
            "properties": [
                "reference": text, "digest": digest, "state": stateName, "state_detail": anyObject,
                "published_by": text, "submitted_by": nullable("string"), "round": ["type": "integer"],
                "rule": anyObject, "allowed": ["type": "boolean"],
                "decision": ["enum": ["allowed", "denied", "incomplete", "unanswered"]], "missing": list(text),
                "checks": list(anyObject), "approvals": list(anyObject), "ignored": list(anyObject),
                "statement": anyObject,
            ],
        ],
        "Reviews": object(
            required: ["reviews", "next"], [("reviews", list(reference("Version"))), ("next", nullable("string"))]),
        "Policy": object(
            required: ["policy", "trust", "rules"],
            [
                ("policy", ["const": 1]), ("trust", list(text)), ("webhook", anyObject), ("rules", list(anyObject)),
            ]),
        "Reevaluation": object(
            required: ["versions", "allowed", "approved"],
            [("versions", ["type": "integer"]), ("allowed", ["type": "integer"]), ("approved", list(text))]),
        "Namespace": object(required: ["namespace", "owners"], [("namespace", text), ("owners", list(text))]),
        "ChangeOwners": object(required: [], [("add", list(text)), ("remove", list(text))]),
    ]

    private nonisolated static let digest: JSONValue = ["type": "string", "pattern": "^sha256:[0-9a-f]{64}$"]
    private nonisolated static let stateName: JSONValue = [
        "enum": .array(VersionState.Name.allCases.map { .string($0.rawValue) })
    ]
}
