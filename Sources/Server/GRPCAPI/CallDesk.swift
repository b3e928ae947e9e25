import Foundations
import GRPC
import JSON
import Logging
import Metrics
import Protobuf
import REST
import Reactor
import Sessions

/// What is the same for every call of every gRPC service: who calls, its id, its log line, its count, its errors.
@Reactor
public final class CallDesk {
    private let access: Access
    private let logger: Logger
    private let calls: Family<Counter>
    private let seconds: Family<Histogram>

    public init(access: Access, metrics: MetricsRegistry, logger: Logger) {
        self.access = access
        self.logger = logger
        calls = metrics.counters("corral_grpc_calls_total", "gRPC calls ended.", labels: ["method", "code"])
        seconds = metrics.histograms(
            "corral_grpc_call_seconds", "Time from a call's first message to its end; of streams, how long they lived.",
            labels: ["method"])
    }

    /// A method with one message each way.
    package func unary<Request: ProtobufMessage, Response: ProtobufMessage>(
        _ path: String, isFrequent: Bool = false, isWatched: Bool = false,
        _ answer: @escaping @Reactor (Request, Visit) async throws(Failure) -> Response
    ) -> GRPCMethod {
        let name = Self.name(of: path)
        let (counter, histogram) = (calls[name, "ok"], seconds[name])
        return .unary(path, isFrequent: isFrequent, isWatched: isWatched) {
            [self] call, message async throws(GRPCStatus) in
            let start = ContinuousClock.now
            do throws(Failure) {
                let visit = Visit(call, caller: try access.caller(authorization: call.metadata("authorization")))
                let request: Request
                do throws(ProtobufError) { request = try Request(protobuf: message) } catch { throw Failure(error) }
                let response = try await answer(request, visit).protobuf()
                let duration = ContinuousClock.now - start
                counter.increment()
                histogram.observe(duration)
                log(name, isFrequent, call, nil, duration)
                return response
            } catch {
                throw failed(name, isFrequent, call, error, since: start)
            }
        }
    }

    /// A method whose caller sends any number of messages.
    package func stream(
        _ path: String, _ accept: @escaping @Reactor (Visit) throws(Failure) -> any GRPCStreamHandler
    ) -> GRPCMethod {
        let name = Self.name(of: path)
        return .stream(path) { [self] call throws(GRPCStatus) in
            let start = ContinuousClock.now
            do throws(Failure) {
                let visit = Visit(call, caller: try access.caller(authorization: call.metadata("authorization")))
                let handler = try accept(visit)
                return CountedStream(handler, visit) { [self] in
                    calls[name, call.isCancelled ? "cancelled" : "ok"].increment()
                    let duration = ContinuousClock.now - start
                    seconds[name].observe(duration)
                    log(name, false, call, nil, duration)
                }
            } catch {
                throw failed(name, false, call, error, since: start)
            }
        }
    }

    private func failed(
        _ name: String, _ isFrequent: Bool, _ call: GRPCCall, _ failure: Failure, since start: ContinuousClock.Instant
    ) -> GRPCStatus {
        let duration = ContinuousClock.now - start
        calls[name, failure.code.rawValue].increment()
        seconds[name].observe(duration)
        let id = requestID(of: call)
        if failure.code == .internal { logger.with(requestID: id).log(.error, "call failed", failure: failure) }
        log(name, isFrequent, call, (failure, id), duration)
        return failure.status(requestID: id)
    }

    private func log(
        _ name: String, _ isFrequent: Bool, _ call: GRPCCall, _ failure: (Failure, id: String)?, _ duration: Duration
    ) {
        let level: LogLevel = isFrequent ? .debug : .info
        guard level >= logger.level else { return }
        let id = failure?.id ?? requestID(of: call)
        var fields: JSONObject = [
            "request_id": .string(id), "peer": .string(call.peer),
            "code": .string(failure.map(\.0.code.rawValue) ?? (call.isCancelled ? "cancelled" : "ok")),
            "duration_ms": .number((duration / .microseconds(1)).rounded() / 1000),
        ]
        if let trace = call.metadata("traceparent").flatMap(TraceParent.init) {
            fields["trace_id"] = .string(trace.traceID)
        }
        logger.log(level, "grpc \(name)", fields)
    }

    private func requestID(of call: GRPCCall) -> String {
        RequestJournal.usable(call.metadata("x-request-id")) ?? RequestJournal.newRequestID()
    }

    /// `Sessions.Step` of `/corral.v1.Sessions/Step`.
    private static func name(of path: String) -> String {
        let parts = path.split(separator: "/")
        guard parts.count == 2, let service = parts[0].split(separator: ".").last else { return path }
        return "\(service).\(parts[1])"
    }
}

/// One call, and who makes it.
@Reactor
package struct Visit {
    package let call: GRPCCall
    package let caller: Caller

    init(_ call: GRPCCall, caller: Caller) {
        self.call = call
        self.caller = caller
    }
}

/// Lets in each message of a stream, and tells when it is over.
@Reactor
private final class CountedStream: GRPCStreamHandler {
    private let inner: any GRPCStreamHandler
    private let visit: Visit
    private let ended: @Reactor () -> Void

    init(_ inner: any GRPCStreamHandler, _ visit: Visit, ended: @escaping @Reactor () -> Void) {
        self.inner = inner
        self.visit = visit
        self.ended = ended
    }

    /// Each message is a request: what a key was worth when the stream began does not matter.
    func received(_ message: [UInt8]) {
        do throws(Failure) { try visit.caller.admit() } catch {
            return visit.call.finish(error.status(requestID: RequestJournal.newRequestID()))
        }
        inner.received(message)
    }
    func halfClosed() { inner.halfClosed() }

    func closed() {
        inner.closed()
        ended()
    }
}
