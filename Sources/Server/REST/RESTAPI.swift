import AccessKeys
import Catalog
import Foundations
import HTTP
import JSON
import Logging
import Metrics
import Publishing
import RLConfigurations
import Reactor
import Review
import Sessions
import Trajectories
import Usage

/// The environments that a server offers.
public protocol EnvironmentDirectory: Sendable {
    /// A page of summaries of what the caller may see.
    func search(_ query: SearchQuery, caller: Caller) async throws(Failure) -> SearchPage
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
        public var capabilities: @Sendable () async -> JSONValue

        public init(version: String, capabilities: @escaping @Sendable () async -> JSONValue) {
            self.version = version
            self.capabilities = capabilities
        }
    }

    let service: SessionService
    let trajectories: TrajectoryStore
    let environments: any EnvironmentDirectory
    /// Nil where the environments are those of a folder alone.
    let catalog: CatalogService?
    /// Nil where there is no catalog.
    let reviews: ReviewDesk?
    /// Nil where the server lets in whoever reaches it.
    let keys: KeyService?
    let trainingSettings: RLConfigurationTable
    /// Nil where the server runs no checks.
    let checks: (any CheckRunner)?
    let information: Information
    /// Nil where the operator wants none kept.
    let usage: UsageStore?
    let metrics: MetricsRegistry
    let logger: Logger
    /// Where callers reach this server, as session objects tell it.
    private(set) var address = ""
    private let access: Access
    private let router = Router(routes: RESTAPI.routes)
    private let journal: RequestJournal

    public init(
        service: SessionService, trajectories: TrajectoryStore, environments: any EnvironmentDirectory,
        catalog: CatalogService? = nil, reviews: ReviewDesk? = nil, keys: KeyService? = nil,
        trainingSettings: RLConfigurationTable = RLConfigurationTable(), checks: (any CheckRunner)? = nil,
        information: Information,
        usage: UsageStore? = nil, access: Access, metrics: MetricsRegistry, journal: RequestJournal, logger: Logger
    ) {
        self.service = service
        self.trajectories = trajectories
        self.environments = environments
        self.catalog = catalog
        self.reviews = reviews
        self.keys = keys
        self.trainingSettings = trainingSettings
        self.checks = checks
        self.information = information
        self.usage = usage
        self.access = access
        self.metrics = metrics
        self.logger = logger
        self.journal = journal
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
        let failure = Failure(code, reason, next: next)
        let body: JSONValue = ["error": errorObject(failure, requestID: RequestJournal.newRequestID())]
        return ("application/json", body.encoded())
    }

    public func handle(_ request: HTTPRequest) async -> HTTPResponse {
        await journal.record(request) { id, operation in
            do throws(Failure) {
                return try await self.answer(request, id: id, operation: &operation)
            } catch {
                if error.code == .internal {
                    self.logger.with(requestID: id).log(.error, "request failed", failure: error)
                }
                return .failure(error, requestID: id)
            }
        }
    }

    private func answer(
        _ request: HTTPRequest, id: String, operation: inout String
    ) async throws(Failure) -> HTTPResponse {
        switch router.match(request.method, request.path) {
        case .route(let route, let parameters):
            operation = route.operation
            let caller = try access.caller(of: request)
            try RouteAccess.of(route.operation).check(caller, route.operation)
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
}
