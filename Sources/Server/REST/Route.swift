import Foundations
import HTTP
import JSON
import Reactor
import Sessions

/// One operation of the API: how it is reached, what it takes and gives. The router and OpenAPI read the same table.
final class Route: Sendable {
    enum Body: Sendable {
        case none
        /// A JSON object with these members; others are refused. `tensors`: also in tensor form.
        case object(schema: String, isOptional: Bool, tensors: Bool = false)
        /// Bytes of this media type.
        case bytes(String)
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
    let query: [Query]
    let headers: [Query]
    let body: Body
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
        if case .none = body {} else { all += [.unsupportedMediaType, .payloadTooLarge, .requestTimeout] }
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
