import Foundations
import HTTP
import JSON
import Logging
import Metrics
import Reactor

/// Counts, times and logs the requests of every HTTP door, and gives each an id.
@Reactor
public final class RequestJournal {
    private let logger: Logger
    private let requests: Family<Counter>
    private let seconds: Family<Histogram>
    /// Those of answers that were given before, so that not every request makes their labels.
    private var known: [Kind: (requests: Counter, seconds: Histogram)] = [:]
    /// Of the requests that bring no id of their own. Nobody has to be unable to guess the next.
    private var lastID = UInt64.random(in: .min ... .max)

    private struct Kind: Hashable {
        let operation: String
        let status: Int
    }

    public init(metrics: MetricsRegistry, logger: Logger) {
        self.logger = logger
        requests = metrics.counters(
            "corral_http_requests_total", "Requests answered.", labels: ["operation", "status"])
        seconds = metrics.histograms(
            "corral_http_request_seconds", "Time from the whole request to its answer.", labels: ["operation"])
    }

    /// - Parameter body: Answers the request; it names the operation.
    public func record(
        _ request: HTTPRequest, _ body: @Reactor (_ id: String, _ operation: inout String) async -> HTTPResponse
    ) async -> HTTPResponse {
        let start = ContinuousClock.now
        let id = requestID(of: request)
        var operation = "none"
        var response = await body(id, &operation)
        response.headers.append(("X-Request-Id", id))
        let duration = ContinuousClock.now - start
        let instruments = instruments(of: Kind(operation: operation, status: response.status))
        instruments.requests.increment()
        instruments.seconds.observe(duration)
        log(request, operation, response.status, duration, id)
        return response
    }

    package nonisolated static func newRequestID() -> String { String(UInt64.random(in: .min ... .max), radix: 16) }

    /// The caller's own id where it is short and printable.
    package nonisolated static func usable(_ given: String?) -> String? {
        guard let given, !given.isEmpty, given.utf8.count <= 128,
            given.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else { return nil }
        return given
    }

    /// The caller's own id, else a new one.
    private func requestID(of request: HTTPRequest) -> String {
        if let given = Self.usable(request.header("x-request-id")) { return given }
        lastID &+= 0x9e37_79b9_7f4a_7c15
        var id = lastID
        id = (id ^ id >> 30) &* 0xbf58_476d_1ce4_e5b9
        id = (id ^ id >> 27) &* 0x94d0_49bb_1331_11eb
        return String(id ^ id >> 31, radix: 16)
    }

    private func instruments(of kind: Kind) -> (requests: Counter, seconds: Histogram) {
        if let found = known[kind] { return found }
        let made = (requests[kind.operation, "\(kind.status)"], seconds[kind.operation])
        known[kind] = made
        return made
    }

    private func log(_ request: HTTPRequest, _ operation: String, _ status: Int, _ duration: Duration, _ id: String) {
        let isFrequent = ["step", "stepMany", "health"].contains(operation.split(separator: ".").last ?? "")
        let level: LogLevel = isFrequent ? .debug : .info
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
