import HTTP
import JSON

/// What the door says of itself: `/openapi.json`, and a page in place of FastAPI's.
enum DoorDocument {
    static func page(_ information: DockerGymDoor.Information) -> HTTPResponse {
        let title = escaped(information.title)
        let page = """
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><title>\(title)</title></head>
            <body>
            <h1>\(title) \(escaped(information.version))</h1>
            <p>The description of this API is <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
            <p>The same sessions are served by <a href="/v1/openapi.json">/v1</a>.</p>
            </body>
            </html>

            """
        return HTTPResponse(
            status: 200, headers: [("Content-Type", "text/html; charset=utf-8")], body: Array(page.utf8))
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.append(character)
            }
        }
        return escaped
    }

    static func openAPI(_ information: DockerGymDoor.Information) -> JSONValue {
        var paths = JSONObject()
        for route in DoorRoute.all {
            guard let description = Self.operation(route) else { continue }
            let path = route.path.replacing("{session}", with: "{session_id}")
            var item = paths[path]?.object ?? JSONObject()
            item[route.method.lowercased()] = description
            paths[path] = .object(item)
        }
        return [
            "openapi": "3.1.0",
            "info": ["title": .string(information.title), "version": .string(information.version)],
            "paths": .object(paths), "components": ["schemas": .object(schemas)],
        ]
    }

    private static func operation(_ route: DoorRoute) -> JSONValue? {
        switch route.operation {
        case .create:
            operation(
                "Create Session", body: "CreateSessionRequest", required: false, answer: "SessionResponse",
                errors: [500, 503])
        case .read: operation("Get Session", session: true, answer: "SessionResponse", errors: [404])
        case .step:
            operation(
                "Step Session", session: true, body: "StepRequest", answer: "StepResponse", errors: [404, 409, 500])
        case .delete: operation("Delete Session", session: true, answer: "DeleteResponse", errors: [404])
        case .deleteAll: operation("Delete All Sessions", answer: "DeleteAllResponse")
        case .environments: operation("List Environments", answer: "EnvironmentsResponse")
        case .health: operation("Health", answer: "HealthResponse")
        case .openapi, .docs, .redoc: nil
        }
    }

    private static func operation(
        _ summary: String, session: Bool = false, body: String? = nil, required: Bool = true, answer: String,
        errors: [Int] = []
    ) -> JSONValue {
        var operation: JSONObject = ["summary": .string(summary)]
        if session {
            operation["parameters"] = [
                ["name": "session_id", "in": "path", "required": true, "schema": ["type": "string"]]
            ]
        }
        if let body { operation["requestBody"] = ["required": .bool(required), "content": content(body)] }
        var responses: JSONObject = ["200": ["description": "Successful Response", "content": content(answer)]]
        for status in errors {
            responses["\(status)"] = ["description": "Error", "content": content("ErrorResponse")]
        }
        if session || body != nil {
            responses["422"] = ["description": "Validation Error", "content": content("HTTPValidationError")]
        }
        operation["responses"] = .object(responses)
        return .object(operation)
    }

    private static func content(_ schema: String) -> JSONValue {
        ["application/json": ["schema": ["$ref": .string("#/components/schemas/\(schema)")]]]
    }
}
