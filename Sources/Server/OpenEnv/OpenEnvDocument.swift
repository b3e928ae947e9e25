import JSON

/// `/openapi.json` as OpenEnv's clients and its validator look at it.
enum OpenEnvDocument {
    static let openAPI: JSONValue = [
        "openapi": "3.1.0",
        "info": ["title": "OpenEnv Environment HTTP API", "version": "1.0.0"],
        "paths": [
            "/reset": ["post": operation("reset", "Reset the environment", body: true)],
            "/step": ["post": operation("step", "Execute an action", body: true)],
            "/state": ["get": operation("state", "The state of the environment")],
            "/schema": ["get": operation("schema", "Schemas of action, observation and state")],
            "/metadata": ["get": operation("metadata", "What the environment is")],
            "/health": ["get": operation("health", "Whether the server serves")],
            "/mcp": ["post": operation("mcp", "JSON-RPC 2.0", body: true)],
            "/list_environments": ["get": operation("list_environments", "The name of the environment")],
        ],
    ]

    private static func operation(_ id: String, _ summary: String, body: Bool = false) -> JSONValue {
        var operation: JSONValue = [
            "operationId": .string(id), "summary": .string(summary),
            "responses": [
                "200": ["description": "Successful Response", "content": ["application/json": ["schema": [:]]]]
            ],
        ]
        if body { operation["requestBody"] = ["content": ["application/json": ["schema": ["type": "object"]]]] }
        return operation
    }
}
