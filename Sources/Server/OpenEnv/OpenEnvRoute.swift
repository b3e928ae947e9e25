import HTTP

/// Which call of OpenEnv's API a path means, and of which environment.
struct OpenEnvRoute: Sendable, Equatable {
    enum Operation: Sendable, Equatable {
        case reset, step, state, schema, metadata, health, mcp, socket, document, list
        case splits(environment: String)
        case tasks(TaskCall, environment: String)
    }

    enum TaskCall: String, Sendable { case tasks, numTasks = "num_tasks", task, taskRange = "task_range" }

    /// A reference.
    let environment: String
    let operation: Operation

    /// Those of HTTP; a WebSocket begins with GET.
    var methods: [String] {
        switch operation {
        case .reset, .step, .tasks: ["POST"]
        case .mcp: ["POST", "GET"]
        default: ["GET"]
        }
    }

    /// - Parameters:
    ///   - path: As sent, without the query.
    ///   - root: The environment that has the root; nil where the path has to begin with `/openenv/` and name one.
    init?(_ path: String, root: String?) {
        var segments: [String] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: true) {
            guard let text = percentDecoded(part) else { return nil }
            segments.append(text)
        }
        let count: Int
        guard let last = segments.last else { return nil }
        if let plain = Self.plain[last] {
            (operation, count) = (plain, 1)
        } else if segments.count >= 2, last == "splits" {
            (operation, count) = (.splits(environment: segments[segments.count - 2]), 2)
        } else if segments.count >= 2, let call = TaskCall(rawValue: last) {
            (operation, count) = (.tasks(call, environment: segments[segments.count - 2]), 2)
        } else {
            return nil
        }
        let rest = segments.dropLast(count)
        if let root {
            guard rest.isEmpty else { return nil }
            environment = root
        } else {
            guard rest.first == "openenv", (2...3).contains(rest.count) else { return nil }
            environment = rest.dropFirst().joined(separator: "/")
        }
    }

    private static let plain: [String: Operation] = [
        "reset": .reset, "step": .step, "state": .state, "schema": .schema, "metadata": .metadata,
        "health": .health, "mcp": .mcp, "ws": .socket, "openapi.json": .document, "list_environments": .list,
    ]
}
