import Foundations
import HTTP
import JSON
import Logging
import REST
import Reactor
import Sessions

/// DockerGym's API at the root: seven routes over the same sessions as `/v1`. Translates, and holds no rules.
///
/// Bodies, status codes and texts are those of a FastAPI server, see `docs/dockergym.md`.
@Reactor
public final class DockerGymDoor {
    public struct Information: Sendable {
        /// Of the API, in `/openapi.json`.
        public var title: String
        public var version: String

        public init(title: String, version: String) {
            self.title = title
            self.version = version
        }
    }

    let service: SessionService
    let offer: any DockerGymOffer
    let information: Information
    private let access: Access
    private let journal: RequestJournal
    private let logger: Logger

    public init(
        service: SessionService, offer: any DockerGymOffer, information: Information, access: Access,
        journal: RequestJournal, logger: Logger
    ) {
        self.service = service
        self.offer = offer
        self.information = information
        self.access = access
        self.journal = journal
        self.logger = logger
    }

    public func handle(_ request: HTTPRequest) async -> HTTPResponse {
        await journal.record(request) { id, operation in
            await self.answer(request, id: id, operation: &operation)
        }
    }

    private func answer(_ request: HTTPRequest, id: String, operation: inout String) async -> HTTPResponse {
        switch DoorRoute.match(request.method, request.path) {
        case .route(let route, let session):
            operation = "dockergym.\(route.operation.rawValue)"
            do throws(Failure) {
                let caller = try access.caller(of: request)
                return try await run(route.operation, DoorCall(request: request, caller: caller, session: session))
            } catch {
                if error.code == .internal {
                    logger.with(requestID: id).log(.error, "request failed", failure: error)
                }
                return DoorError(error, in: route.operation, session: session).response
            }
        case .otherMethods(let methods):
            return .detail(405, "Method Not Allowed", headers: [("Allow", methods.joined(separator: ", "))])
        case .otherSlash(let path):
            return redirect(request, to: path)
        case .none:
            return .detail(404, "Not Found")
        }
    }

    private func run(_ operation: DoorRoute.Operation, _ call: DoorCall) async throws(Failure) -> HTTPResponse {
        switch operation {
        case .create: return try await create(call)
        case .read: return try await read(call)
        case .step: return try await step(call)
        case .delete: return try await delete(call)
        case .deleteAll:
            let closed = await service.closeAll(caller: call.caller)
            return .json([
                "status": "ok", "deleted": .array(closed.map { .string("\($0)") }),
                "count": .integer(Int64(closed.count)),
            ])
        case .environments:
            let names = try await offer.names(caller: call.caller)
            return .json(["environments": .array(names.map(JSONValue.string)), "total": .integer(Int64(names.count))])
        case .health:
            let names = try await offer.names(caller: call.caller)
            return .json([
                "status": "ok", "active_sessions": .integer(Int64(service.liveSessions)),
                "max_sessions": .integer(Int64(service.limits.maxSessions)),
                "available_environments": .integer(Int64(names.count)),
            ])
        case .openapi: return .json(DoorDocument.openAPI(information))
        case .docs, .redoc: return DoorDocument.page(information)
        }
    }

    /// As Starlette sends clients to the spelling of a path that exists.
    private func redirect(_ request: HTTPRequest, to path: String) -> HTTPResponse {
        let scheme = request.isTLS ? "https" : "http"
        let query = request.rawQuery.isEmpty ? "" : "?" + request.rawQuery
        let target = request.header("host").map { "\(scheme)://\($0)\(path)\(query)" } ?? path + query
        return HTTPResponse(status: 307, headers: [("Location", target)])
    }
}

/// One request on its way through an operation.
struct DoorCall: Sendable {
    let request: HTTPRequest
    let caller: Caller
    /// As the path has it, decoded; empty where the route names no session.
    let session: String

    func sessionID() throws(Failure) -> UniqueID {
        guard let id = UniqueID(session) else { throw Failure(.notFound, "there is no session \(session)") }
        return id
    }
}

extension HTTPResponse {
    static func json(_ value: JSONValue, status: Int = 200, headers: [(String, String)] = []) -> HTTPResponse {
        HTTPResponse(status: status, headers: [("Content-Type", "application/json")] + headers, body: value.encoded())
    }

    /// FastAPI's form of an error that is none of DockerGym's own.
    static func detail(_ status: Int, _ text: String, headers: [(String, String)] = []) -> HTTPResponse {
        .json(["detail": .string(text)], status: status, headers: headers)
    }
}
