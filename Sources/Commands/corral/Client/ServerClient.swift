import Foundations
import HTTPClient
import JSON

/// A server's `/v1` API as commands call it.
struct ServerClient: Sendable {
    private let http: HTTPClient
    private let key: String?

    /// - Parameter key: Sent as a bearer token; by default what `CORRAL_API_KEY` holds.
    init(url: String, key: String? = environmentVariables()["CORRAL_API_KEY"]) throws(Failure) {
        http = try HTTPClient(HTTPEndpoint(url))
        self.key = key.flatMap { $0.isEmpty ? nil : $0 }
    }

    var url: String { http.endpoint.description }

    /// Sends a request and returns its answer.
    ///
    /// - Parameter target: The path with its query, percent-encoded.
    /// - Throws: What the server's error says, and what `HTTPClient.send` throws.
    func send(
        _ method: String, _ target: String, body: [UInt8]? = nil, type: String = "application/json",
        accept: String = "application/json", headers more: [(name: String, value: String)] = []
    ) async throws(Failure) -> HTTPAnswer {
        var headers = [(name: "Accept", value: accept)] + more
        if body != nil { headers.append((name: "Content-Type", value: type)) }
        if let key { headers.append((name: "Authorization", value: "Bearer \(key)")) }
        let answer: HTTPAnswer
        do throws(Failure) {
            answer = try await http.send(HTTPCall(method, target, headers: headers, body: body))
        } catch {
            guard error.code == .unavailable, url == ServerURL.standard else { throw error }
            throw Failure(
                .unavailable, error.message, next: "start a server with `corral serve`, or name one with --url")
        }
        guard (200..<300).contains(answer.status) else { throw Failure(answer: answer, url: url) }
        return answer
    }

    func json(_ method: String, _ target: String, body: JSONValue? = nil) async throws(Failure) -> JSONValue {
        let answer = try await send(method, target, body: body?.encoded())
        do throws(JSONError) {
            return try JSONValue(parsing: answer.body, limits: JSONLimits(depth: .max))
        } catch { throw Failure(.internal, "\(url) answered what is no JSON: \(error)") }
    }

    /// A path with a query, both encoded; members without a value are left out.
    static func target(_ segments: [String], query: [(name: String, value: String?)] = []) -> String {
        let path = segments.map { "/" + percentEncoded($0) }.joined()
        let pairs = query.compactMap { name, value in value.map { "\(name)=\(percentEncoded($0))" } }
        return pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
    }
}

extension Failure {
    /// What a server's answer with an error status says.
    init(answer: HTTPAnswer, url: String) {
        let error = try? JSONValue(parsing: answer.body)["error"]
        guard let error, let code = error["code"]?.string, let message = error["message"]?.string else {
            let code = Code.allCases.first { $0.httpStatus == answer.status } ?? .unavailable
            self.init(
                code, "\(url) answered with status \(answer.status)",
                next: "check that this is the address of a Corral server")
            return
        }
        let details = (error["details"]?.object ?? [:]).reduce(into: [:]) { $0[$1.key] = $1.value.string }
        self.init(Code(wire: code), message, next: error["next"]?.string ?? "", details: details)
    }
}
