import Foundations
import HTTP
import JSON
import Reactor
import Sessions

/// One operation of the API: how it is reached, what it takes and gives. The router and OpenAPI read the same table.
struct Route: Sendable {
    enum Body: Sendable {
        case none
        /// A JSON object with these members; others are refused. `tensors`: also in tensor form.
        case object(schema: String, isOptional: Bool, tensors: Bool = false)
    }

    struct Answer: Sendable {
        let status: Int
        let summary: String
        /// A name in `components/schemas`; nil: the content types say it all.
        let schema: String?
        var contentTypes: [String] = ["application/json"]
    }

    struct Query: Sendable {
        let name: String
        let summary: String
        let type: String
    }

    typealias Handler = @Reactor @Sendable (RESTAPI, Call) async throws(Failure) -> HTTPResponse

    let method: String
    /// Segments in braces are parameters; `{name…}` takes all that is left for it, at least one.
    let path: String
    let operation: String
    let summary: String
    var query: [Query] = []
    var headers: [Query] = []
    var body = Body.none
    let answers: [Answer]
    let codes: [Failure.Code]
    let handler: Handler
    let segments: [String]

    init(
        _ method: String, _ path: String, _ operation: String, _ summary: String, query: [Query] = [],
        headers: [Query] = [], body: Body = .none, answers: [Answer], codes: [Failure.Code] = [],
        handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.operation = operation
        self.summary = summary
        self.query = query
        self.headers = headers
        self.body = body
        self.answers = answers
        self.codes = codes
        self.handler = handler
        segments = path.split(separator: "/").map(String.init)
    }

    /// - Throws: `invalid_argument` for a field that the route does not know, where it knows any.
    func checkQuery(of request: HTTPRequest) throws(Failure) {
        guard !query.isEmpty, !request.rawQuery.isEmpty else { return }
        let known = query.map(\.name)
        for (name, _) in request.query where !known.contains(name) {
            let hint = nearest(to: name, among: known).map { "did you mean \"\($0)\"?" }
            throw Failure(
                .invalidArgument, "unknown query field \"\(name.prefix(100))\"",
                next: hint ?? "known fields: \(known.joined(separator: ", "))",
                details: ["field": String(name.prefix(100))])
        }
    }

    /// Every code that an answer can have, with those that any route's can.
    var allCodes: [Failure.Code] {
        var all = codes + [.unauthenticated, .permissionDenied, .internal]
        if case .object = body { all += [.unsupportedMediaType, .payloadTooLarge, .requestTimeout] }
        return Failure.Code.allCases.filter(all.contains)
    }
}

/// One request on its way through a handler.
struct Call: Sendable {
    let request: HTTPRequest
    let id: String
    let caller: Caller
    let parameters: [String: String]

    /// The session that the path names.
    func session() throws(Failure) -> UniqueID {
        let text = parameters["session"] ?? ""
        guard let id = UniqueID(text) else {
            throw Failure(
                .notFound, "there is no session \"\(text.prefix(64))\"",
                next: "session ids are UUIDs, as create returns them")
        }
        return id
    }

    func query(_ name: String) -> String? { request.query.last { $0.name == name }?.value }
}

/// Finds the route of a method and path.
struct Router: Sendable {
    enum Match {
        case route(Route, parameters: [String: String])
        /// The path exists, with other methods.
        case otherMethods([String])
        case none
    }

    let routes: [Route]

    /// - Parameter path: As sent, without the query.
    func match(_ method: String, _ path: String) -> Match {
        let segments = path.split(separator: "/", omittingEmptySubsequences: true)
        var methods: [String] = []
        for route in routes {
            guard let parameters = Self.parameters(of: route.segments, in: segments) else { continue }
            if route.method == method || (route.method == "GET" && method == "HEAD") {
                return .route(route, parameters: parameters)
            }
            methods.append(route.method)
        }
        return methods.isEmpty ? .none : .otherMethods(methods)
    }

    private static func parameters(of template: [String], in segments: [Substring]) -> [String: String]? {
        var parameters: [String: String] = [:]
        for (index, part) in template.enumerated() {
            guard index < segments.count else { return nil }
            if part.hasSuffix("…}") {
                let rest = template[(index + 1)...]
                let end = segments.count - rest.count
                guard end > index, rest.elementsEqual(segments[end...], by: { $0 == $1 }),
                    let value = percentDecoded(segments[index..<end].joined(separator: "/"))
                else { return nil }
                parameters[String(part.dropFirst().dropLast(2))] = value
                return parameters
            }
            if part.hasPrefix("{") {
                guard let value = percentDecoded(segments[index]) else { return nil }
                parameters[String(part.dropFirst().dropLast())] = value
            } else if part != segments[index] {
                return nil
            }
        }
        return template.count == segments.count ? parameters : nil
    }
}
