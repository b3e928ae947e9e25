import Foundations
import JSON
import Logging
import Reactor
import Sessions

/// The operator's hook, wherever it runs: asked before each session, told when the server starts and stops.
///
/// Fails closed: without a good answer nothing is made. See `docs/hooks.md`.
public final class Hook: CreationHook {
    /// What the server says of itself.
    public struct Server: Sendable {
        public let id: String
        public let version: String

        public init(id: String, version: String) {
            self.id = id
            self.version = version
        }

        var body: [UInt8] {
            JSONValue.object(["server": ["id": .string(id), "version": .string(version)]]).encoded()
        }
    }

    private let transport: any HookTransport
    private let timeout: Duration
    private let startTimeout: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - address: A URL, `unix:` and a path, or a command.
    ///   - environment: Of a command.
    ///   - startTimeout: For `start`; `timeout` where that is longer.
    /// - Throws: `invalid_argument` where it is none of those.
    public init(
        _ address: String, environment: [String: String], timeout: Duration, startTimeout: Duration, logger: Logger
    ) throws(Failure) {
        transport = try makeTransport(address, environment: environment)
        self.timeout = timeout
        self.startTimeout = max(timeout, startTimeout)
        self.logger = logger
    }

    public func rewrite(_ request: SessionRequest, caller: Caller) async throws(Failure) -> SessionRequest {
        do throws(HookProblem) {
            let answer = try HookAnswer(
                await transport.call("create_session", body: request.question(caller), timeout: timeout))
            return try answer.applied(to: request)
        } catch {
            switch error {
            case .refused(let reason):
                throw Failure(
                    .permissionDenied, "the operator's hook refused: \(reason)",
                    next: "ask for another instance or other parameters", details: ["refused_by": "hook"])
            case .failed(let reason):
                logger.warning("the hook failed", ["error": .string(reason)])
                throw Failure(
                    .unavailable, "the operator's hook failed, so no session was made",
                    next: "try again later; the server's log says why", details: ["hook": "failed"])
            }
        }
    }

    /// - Throws: `failed_precondition` that says why the hook did not agree.
    public func start(_ server: Server) async throws(Failure) {
        do throws(HookProblem) {
            _ = try await transport.call("start", body: server.body, timeout: startTimeout)
        } catch {
            throw Failure(
                .failedPrecondition, "the hook failed at the start: \(error.reason)",
                next: "look at the hook, or start without --hook")
        }
    }

    public func stop(_ server: Server) async {
        do throws(HookProblem) {
            _ = try await transport.call("stop", body: server.body, timeout: timeout)
        } catch {
            logger.warning("the hook failed at the stop", ["error": .string(error.reason)])
        }
    }
}

/// Why a hook gave no permission.
package enum HookProblem: Error, Equatable {
    /// It said no.
    case refused(String)
    /// It said nothing that counts.
    case failed(String)

    package var reason: String {
        switch self {
        case .refused(let reason), .failed(let reason): reason
        }
    }
}

extension SessionRequest {
    /// What a hook is asked.
    func question(_ caller: Caller) -> [UInt8] {
        let labels = labels.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
        let question: JSONValue = [
            "environment": .string(environment), "instance": instance.map(JSONValue.string) ?? .null,
            "params": .object(parameters), "labels": .object(JSONObject(labels)),
            "caller": ["id": .string(caller.id), "tenant": .string(caller.tenant)],
        ]
        return question.encoded()
    }
}
