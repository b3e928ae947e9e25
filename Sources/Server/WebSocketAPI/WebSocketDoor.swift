import Foundations
import HTTP
import JSON
import Logging
import Metrics
import REST
import Reactor
import Sessions
import WebSocket

/// `/v1/ws`: `SessionService` over WebSockets. Translates, and holds no rules.
@Reactor
public final class WebSocketDoor {
    /// The subprotocol that a client may ask for.
    public nonisolated static let subprotocol = "corral.v1"
    /// How a client that cannot send headers names its key: this and the key in Base64 for URLs, as a subprotocol.
    public nonisolated static let keyPrefix = "corral.key."

    private let service: SessionService
    private let hub: WebSocketHub
    private let access: Access
    private let journal: RequestJournal
    private let counts: SocketCounts
    private var address = ""

    public init(
        service: SessionService, hub: WebSocketHub, access: Access, metrics: MetricsRegistry, journal: RequestJournal
    ) {
        self.service = service
        self.hub = hub
        self.access = access
        self.journal = journal
        counts = SocketCounts(metrics)
        hub.onCount = { [counts] in counts.connections.set(Double($0)) }
    }

    public func setAddress(_ address: String) { self.address = address }

    public func handle(_ request: HTTPRequest) async -> HTTPResponse {
        await journal.record(request) { id, operation in
            operation = "webSocket"
            do throws(Failure) { return try self.open(request, requestID: id) } catch {
                return .failure(error, requestID: id)
            }
        }
    }

    private func open(_ request: HTTPRequest, requestID: String) throws(Failure) -> HTTPResponse {
        let handshake: Handshake
        do throws(Handshake.Refusal) { handshake = try Handshake(request) } catch {
            return .refusal(error, requestID: requestID)
        }
        let spoken = handshake.subprotocols
        let key = spoken.lazy.compactMap { Self.key(in: $0) }.first
        let caller = try access.caller(of: request, token: key)
        let (service, address, counts) = (service, address, counts)
        return try hub.accept(handshake, subprotocol: spoken.first { $0 == Self.subprotocol }) { connection in
            Conversation(connection, service: service, caller: caller, address: address, counts: counts).begin()
        }
    }

    private nonisolated static func key(in subprotocol: String) -> String? {
        guard subprotocol.hasPrefix(keyPrefix) else { return nil }
        return Base64.decode(subprotocol.dropFirst(keyPrefix.count)).flatMap {
            String(validating: $0, as: UTF8.self)
        }
    }
}

extension HTTPResponse {
    /// Why a request is no WebSocket handshake, as the errors of REST.
    package static func refusal(_ refusal: Handshake.Refusal, requestID: String) -> HTTPResponse {
        let code: Failure.Code = refusal.status == 405 ? .methodNotAllowed : .invalidArgument
        var response = failure(
            Failure(code, refusal.reason, next: "open it with a WebSocket client"), requestID: requestID)
        response.status = refusal.status
        response.headers += refusal.headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return response
    }
}

/// What is counted of WebSockets.
struct SocketCounts: Sendable {
    let connections: Gauge
    private let requests: Family<Counter>

    init(_ registry: MetricsRegistry) {
        connections = registry.gauge("corral_websocket_connections", "WebSockets that are open.")
        requests = registry.counters(
            "corral_websocket_requests_total", "Requests over WebSockets answered.", labels: ["operation", "code"])
    }

    func count(_ operation: String, _ code: String) { requests[operation, code].increment() }
}
