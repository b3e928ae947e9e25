import HTTP

/// One route of the door, and how paths find it.
struct DoorRoute: Sendable {
    enum Operation: String, Sendable, CaseIterable {
        case create, read, step, delete, deleteAll, environments, health, openapi, docs, redoc
    }

    let method: String
    /// `{session}` stands for one segment.
    let path: String
    let operation: Operation
    /// Whether HEAD is served as GET: FastAPI does so for its documents only.
    var hasHead = false

    static let all = [
        DoorRoute(method: "POST", path: "/sessions", operation: .create),
        DoorRoute(method: "GET", path: "/sessions/{session}", operation: .read),
        DoorRoute(method: "POST", path: "/sessions/{session}/step", operation: .step),
        DoorRoute(method: "DELETE", path: "/sessions/{session}", operation: .delete),
        DoorRoute(method: "DELETE", path: "/sessions", operation: .deleteAll),
        DoorRoute(method: "GET", path: "/environments", operation: .environments),
        DoorRoute(method: "GET", path: "/health", operation: .health),
        DoorRoute(method: "GET", path: "/openapi.json", operation: .openapi, hasHead: true),
        DoorRoute(method: "GET", path: "/docs", operation: .docs, hasHead: true),
        DoorRoute(method: "GET", path: "/redoc", operation: .redoc, hasHead: true),
    ]

    enum Match {
        case route(DoorRoute, session: String)
        /// The path exists, with other methods.
        case otherMethods([String])
        /// The path exists with or without a slash at its end.
        case otherSlash(String)
        case none
    }

    /// - Parameter path: As sent, without the query.
    static func match(_ method: String, _ path: String) -> Match {
        var methods: [String] = []
        for route in all {
            guard let session = route.session(in: path) else { continue }
            if route.method == method || (route.hasHead && method == "HEAD") {
                return .route(route, session: session)
            }
            methods.append(route.method)
        }
        if !methods.isEmpty { return .otherMethods(methods) }
        let other = path.hasSuffix("/") ? String(path.dropLast()) : path + "/"
        return path != "/" && all.contains { $0.session(in: other) != nil } ? .otherSlash(other) : .none
    }

    /// The session that a path of this route names, or an empty text; nil for another path.
    private func session(in text: String) -> String? {
        let template = path.split(separator: "/", omittingEmptySubsequences: false)
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard template.count == parts.count else { return nil }
        var session = ""
        for (wanted, part) in zip(template, parts) {
            if wanted == "{session}" {
                guard !part.isEmpty, let decoded = percentDecoded(part) else { return nil }
                session = decoded
            } else if wanted != part {
                return nil
            }
        }
        return session
    }
}
