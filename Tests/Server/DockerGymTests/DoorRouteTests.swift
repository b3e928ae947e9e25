import Testing

@testable import DockerGym

struct DoorRouteTests {
    private func described(_ method: String, _ path: String) -> String {
        switch DoorRoute.match(method, path) {
        case .route(let route, let session): "\(route.operation) \(session)"
        case .otherMethods(let methods): methods.joined(separator: ",")
        case .otherSlash(let path): "-> \(path)"
        case .none: "none"
        }
    }

    @Test(arguments: [
        ("POST", "/sessions", "create "), ("GET", "/sessions/x", "read x"), ("GET", "/sessions/a%20b", "read a b"),
        ("POST", "/sessions/x/step", "step x"), ("DELETE", "/sessions/x", "delete x"),
        ("DELETE", "/sessions", "deleteAll "), ("GET", "/environments", "environments "), ("GET", "/health", "health "),
        ("HEAD", "/docs", "docs "), ("HEAD", "/health", "GET"), ("PATCH", "/sessions/x", "GET,DELETE"),
        ("GET", "/sessions", "POST,DELETE"), ("GET", "/sessions/", "-> /sessions"), ("PUT", "/health/", "-> /health"),
        ("GET", "/sessions//", "none"), ("GET", "/", "none"), ("GET", "", "none"), ("GET", "/sessions/%zz", "none"),
        ("GET", "/sessions/x/step/y", "none"), ("get", "/health", "GET"), ("GET", "/v1", "none"),
    ]) func `a path leads where it led in DockerGym`(method: String, path: String, expected: String) {
        #expect(described(method, path) == expected)
    }
}
