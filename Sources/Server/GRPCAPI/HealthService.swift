import Foundations
import GRPC
import Protobuf
import Protos
import Reactor

/// `grpc.health.v1.Health`: serving until the server drains.
@Reactor
public final class HealthService {
    /// The full names of the services, and the empty one for the server.
    private let names: Set<String>
    private var isDraining = false
    private var watchers: [ObjectIdentifier: HealthWatch] = [:]

    public init(services: [String]) { names = Set(services + [""]) }

    /// Without keys: load balancers ask.
    public var methods: [GRPCMethod] {
        [
            .unary(GrpcHealthV1.HealthService.check) { [self] _, message async throws(GRPCStatus) in
                let name = try Self.service(of: message)
                guard names.contains(name) else {
                    throw GRPCStatus(.notFound, "there is no service \(name.prefix(200))")
                }
                return response(for: name).protobuf()
            },
            .stream(GrpcHealthV1.HealthService.watch) { [self] call throws(GRPCStatus) in
                HealthWatch(call, health: self)
            },
        ]
    }

    /// Tells everyone that the server stops.
    public func drain() {
        isDraining = true
        for watcher in watchers.values { watcher.tell() }
    }

    fileprivate func response(for name: String) -> GrpcHealthV1.HealthCheckResponse {
        var response = GrpcHealthV1.HealthCheckResponse()
        response.status = !names.contains(name) ? .serviceUnknown : isDraining ? .notServing : .serving
        return response
    }

    fileprivate nonisolated static func service(of message: [UInt8]) throws(GRPCStatus) -> String {
        do throws(ProtobufError) { return try GrpcHealthV1.HealthCheckRequest(protobuf: message).service } catch {
            throw GRPCStatus(.invalidArgument, "\(error)")
        }
    }

    fileprivate func add(_ watcher: HealthWatch) { watchers[ObjectIdentifier(watcher)] = watcher }
    fileprivate func remove(_ watcher: HealthWatch) { watchers[ObjectIdentifier(watcher)] = nil }
    fileprivate var isOver: Bool { isDraining }
}

@Reactor
private final class HealthWatch: GRPCStreamHandler {
    private let call: GRPCCall
    private let health: HealthService
    private var name: String?

    init(_ call: GRPCCall, health: HealthService) {
        self.call = call
        self.health = health
    }

    func received(_ message: [UInt8]) {
        guard name == nil else { return call.finish(GRPCStatus(.invalidArgument, "one message is enough")) }
        do throws(GRPCStatus) {
            name = try HealthService.service(of: message)
            health.add(self)
            tell()
        } catch { call.finish(error) }
    }

    func tell() {
        guard let name else { return }
        call.send(health.response(for: name).protobuf())
        if health.isOver { call.finish() }
    }

    func halfClosed() { if name == nil { call.finish(GRPCStatus(.invalidArgument, "the request is missing")) } }

    func closed() { health.remove(self) }
}
