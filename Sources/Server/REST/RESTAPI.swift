import Foundations
import HTTP
import JSON
import Logging
import Metrics
import RLConfigurations
import Reactor
import Sessions

/// The environments that a server offers.
public protocol EnvironmentDirectory: Sendable {
    /// Summaries of what the caller may see, sorted by reference.
    func list(caller: Caller) async throws(Failure) -> [JSONValue]
    /// Everything about one version.
    func find(_ reference: String, caller: Caller) async throws(Failure) -> JSONValue
}

/// The `/v1` REST form of `SessionService`: translates, and holds no rules.
@Reactor
public final class RESTAPI {
    public struct Information: Sendable {
        /// Of the server: `corral version`.
        public var version: String
        /// What isolation is in force and why, as `GET /v1/capabilities` tells it.
        public var capabilities: JSONValue

        public init(version: String, capabilities: JSONValue) {
            self.version = version
            self.capabilities = capabilities
        }
    }

    let service: SessionService
    let environments: any EnvironmentDirectory
    let trainingSettings: RLConfigurationTable
    let information: Information
    let metrics: MetricsRegistry
    let logger: Logger
    /// Where callers reach this server, as session objects tell it.
    private(set) var address = ""
    private let access: Access
    private let router = Router(routes: RESTAPI.routes)
    private let requests: Family<Counter>
    private let seconds: Family<Histogram>

    public init(
        service: SessionService, environments: any EnvironmentDirectory,
        trainingSettings: RLConfigurationTable = RLConfigurationTable(), information: Information, access: Access,
        metrics: MetricsRegistry, logger: Logger
    ) {
        self.service = service
        self.environments = environments
        self.trainingSettings = trainingSettings
        self.information = information
        self.access = access
        self.metrics = metrics
        self.logger = logger
        requests = metrics.counters(
            "corral_http_requests_total", "Requests answered.", labels: ["operation", "status"])
        seconds = metrics.histograms(
            "corral_http_request_seconds", "Time from the whole request to its answer.", labels: ["operation"])
    }

    public func setAddress(_ address: String) { self.address = address }

    /// The body of an answer that the HTTP server gives before a request reaches the API.
    public nonisolated static func errorBody(
        _ status: Int, _ reason: String
    ) -> (contentType: String, body: [UInt8]) {
        let code =
            status == 503 ? .unavailable : Failure.Code.allCases.first { $0.httpStatus == status } ?? .invalidArgument
        let next =
            status == 503
            ? "try again later, or on another server" : "send a request that RFC 9112 and the server's limits allow"
        let body: JSONValue = ["error": errorObject(Failure(code, reason, next: next), requestID: newRequestID())]
        return ("application/json", body.encoded())
    }

    private nonisolated static func newRequestID() -> String {
        String(UInt64.random(in: .min ... .max), radix: 16)
    }

    public func handle(_ request: HTTPRequest) async -> HTTPResponse {
        let start = ContinuousClock.now
        let id = requestID(of: request)
        var operation = "none"
        var response: HTTPResponse
        do throws(Failure) {
            response = try await answer(request, id: id, operation: &operation)
        } catch {
            response = .failure(error, requestID: id)
            if error.code == .internal {
                logger.with(requestID: id).log(.error, "request failed", failure: error)
            }
        }
        response.headers.append(("X-Request-Id", id))
        let duration = ContinuousClock.now - start
        requests[operation, "\(response.status)"].increment()
        seconds[operation].observe(duration)
        log(request, operation, response.status, duration, id)
        return response
    }

    private func answer(
        _ request: HTTPRequest, id: String, operation: inout String
    ) async throws(Failure) -> HTTPResponse {
        switch router.match(request.method, request.path) {
        case .route(let route, let parameters):
            operation = route.operation
            let caller = try access.caller(of: request)
            try route.checkQuery(of: request)
            return try await route.handler(self, Call(request: request, id: id, caller: caller, parameters: parameters))
        case .otherMethods(let methods):
            let allowed = methods.joined(separator: ", ")
            throw Failure(
                .methodNotAllowed, "\(request.method.prefix(20)) is not allowed here", next: "use \(allowed)",
                details: ["allow": allowed])
        case .none:
            throw Failure(
                .notFound, "there is no \(request.path.prefix(200))", next: "GET /v1/openapi.json lists all paths")
        }
    }

    /// The caller's own id where it is short and printable, else a new one.
    private func requestID(of request: HTTPRequest) -> String {
        if let given = request.header("x-request-id"), !given.isEmpty, given.utf8.count <= 128,
            given.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        {
            return given
        }
        return Self.newRequestID()
    }

    private func log(_ request: HTTPRequest, _ operation: String, _ status: Int, _ duration: Duration, _ id: String) {
        let level: LogLevel = operation == "step" || operation == "stepMany" || operation == "health" ? .debug : .info
        guard level >= logger.level else { return }
        var fields: JSONObject = [
            "request_id": .string(id), "method": .string(request.method), "path": .string(request.path),
            "status": .integer(Int64(status)), "duration_ms": .number((duration / .microseconds(1)).rounded() / 1000),
        ]
        if let trace = request.header("traceparent").flatMap(TraceParent.init) {
            fields["trace_id"] = .string(trace.traceID)
        }
        logger.log(level, operation, fields)
    }
}
