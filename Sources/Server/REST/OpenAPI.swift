import Foundations
import HTTP
import JSON
import Spaces

extension RESTAPI {
    /// The API as an OpenAPI 3.1 document, made from the table of routes.
    nonisolated static func openAPI(version: String) -> JSONValue {
        var paths = JSONObject()
        for route in routes {
            let path = route.path.replacing("…}", with: "}")
            var item = paths[path]?.object ?? JSONObject()
            item[route.method.lowercased()] = operation(route)
            paths[path] = .object(item)
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Corral", "version": .string(version),
                "description": "Sessions of reinforcement learning and agent environments in sandboxes.",
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "paths": .object(paths),
            "components": [
                "schemas": .object(schemas),
                "securitySchemes": ["bearer": ["type": "http", "scheme": "bearer"]],
            ],
            "security": [[:], ["bearer": []]],
        ]
    }

    private nonisolated static func operation(_ route: Route) -> JSONValue {
        var operation: JSONObject = ["operationId": .string(route.operation), "summary": .string(route.summary)]
        operation["x-corral-access"] = .string(RouteAccess.of(route.operation).text)
        let parameters =
            route.segments.filter { $0.hasPrefix("{") }.map { parameter(pathSegment: $0) }
            + route.query.map { parameter($0, in: "query") } + route.headers.map { parameter($0, in: "header") }
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if case .object(let schema, let isOptional, let tensors) = route.body {
            var content: JSONObject = ["application/json": ["schema": reference(schema)]]
            if tensors { content[TensorForm.mediaType] = ["schema": ["type": "string", "format": "binary"]] }
            operation["requestBody"] = ["required": .bool(!isOptional), "content": .object(content)]
        }
        if case .bytes(let type) = route.body {
            operation["requestBody"] = [
                "required": true,
                "content": .object([type: ["schema": ["type": "string", "format": "binary"]]]),
            ]
        }
        var responses = JSONObject()
        for answer in route.answers { responses["\(answer.status)"] = response(answer) }
        let statuses = Dictionary(grouping: route.allCodes, by: \.httpStatus)
        for (status, codes) in statuses.sorted(by: { $0.key < $1.key }) {
            responses["\(status)"] = [
                "description": .string(codes.map(\.rawValue).sorted().joined(separator: ", ")),
                "content": ["application/json": ["schema": reference("Error")]],
            ]
        }
        operation["responses"] = .object(responses)
        return .object(operation)
    }

    private nonisolated static func response(_ answer: Route.Answer) -> JSONValue {
        var content = JSONObject()
        for type in answer.contentTypes {
            let schema: JSONValue =
                type == "application/json"
                ? answer.schema.map(reference) ?? ["type": "object"]
                : type.hasPrefix("text/") ? ["type": "string"] : ["type": "string", "format": "binary"]
            content[type] = ["schema": schema]
        }
        return ["description": .string(answer.summary), "content": .object(content)]
    }

    private nonisolated static func parameter(pathSegment: String) -> JSONValue {
        let name = String(pathSegment.drop { $0 == "{" }.prefix { $0 != "}" && $0 != "…" })
        let schema: JSONValue = name == "session" ? ["type": "string", "format": "uuid"] : ["type": "string"]
        return ["name": .string(name), "in": "path", "required": true, "schema": schema]
    }

    private nonisolated static func parameter(_ query: Route.Query, in place: String) -> JSONValue {
        [
            "name": .string(query.name), "in": .string(place), "description": .string(query.summary),
            "schema": ["type": .string(query.type)],
        ]
    }

    nonisolated static func reference(_ schema: String) -> JSONValue {
        ["$ref": .string("#/components/schemas/\(schema)")]
    }
}
