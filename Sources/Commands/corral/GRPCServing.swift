import Configuration
import DmEnvRpc
import Foundations
import GRPC
import GRPCAPI
import Logging
import Metrics
import Protos
import REST
import Reactor
import Sessions
import YAML

/// The gRPC server of a configuration that asks for one, with all its services.
struct GRPCServing {
    /// `grpc://HOST:PORT`, or `grpcs://HOST:PORT`.
    let address: String
    private let server: GRPCServer
    private let health: HealthService

    /// - Throws: `failed_precondition` where the address cannot be bound or can be reached by strangers.
    static func start(
        _ configuration: Configuration, service: SessionService, environments: any EnvironmentDirectory,
        information: RESTAPI.Information, access: Access, isAuthenticated: Bool, metrics: MetricsRegistry,
        address: String, logger: Logger
    ) async throws(Failure) -> GRPCServing? {
        guard let listen = configuration[ServerKeys.grpc] else { return nil }
        guard
            Access.isLoopbackName(listen) || isAuthenticated || configuration[ServerKeys.insecure]
        else {
            throw Failure(
                .failedPrecondition, "\(listen) can be reached from other machines and nobody is authenticated",
                next: "listen on 127.0.0.1, make a key with corral access create, or accept the risk with --insecure")
        }
        guard let colon = listen.lastIndex(of: ":") else {
            throw Failure(.invalidArgument, "grpc has to be HOST:PORT", details: ["key": "grpc"])
        }
        var settings = GRPCConfiguration(address: listen, tls: try await tls(configuration))
        settings.messageLimit = configuration[ServerKeys.bodyLimit]
        settings.metadataLimit = configuration[ServerKeys.headerLimit]
        let names = [
            CorralV1.ServerService.name, CorralV1.EnvironmentsService.name, CorralV1.SessionsService.name,
            DmEnvRpcV1.EnvironmentService.name,
        ]
        let standard = [
            GrpcHealthV1.HealthService.name, GrpcReflectionV1.ServerReflectionService.name,
            GrpcReflectionV1alpha.ServerReflectionService.name,
        ]
        let health = await HealthService(services: names + standard)
        let desk = await CallDesk(access: access, metrics: metrics, logger: logger)
        let door = await GRPCDoor(
            service: service, environments: environments, information: information, desk: desk)
        await door.setAddress(address)
        let worlds = await DmEnvDoor(service: service, desk: desk) { caller throws(Failure) in
            try await environments.list(caller: caller).compactMap { $0["reference"]?.string }
        }
        let reflection = ReflectionService(services: names + standard, files: files)
        let server = try await GRPCServer.bind(
            settings, methods: await door.methods + worlds.methods + health.methods + reflection.methods)
        await server.start()
        let scheme = settings.tls == nil ? "grpc" : "grpcs"
        return GRPCServing(
            address: "\(scheme)://\(listen[..<colon]):\(await server.port)", server: server, health: health)
    }

    /// Says that it serves no more, lets calls end within `grace`, and returns when nothing of it runs.
    func stop(grace: Duration) async {
        await health.drain()
        await server.stop(grace: grace)
    }

    private static let files = [
        CorralV1.fileServer, CorralV1.fileEnvironments, CorralV1.fileSessions, CorralV1.fileValues,
        GrpcHealthV1.fileHealth,
        GrpcReflectionV1.fileReflection, GrpcReflectionV1alpha.fileReflection, DmEnvRpcV1.fileDmEnvRpc,
        DmEnvRpcV1ExtensionsProperties.fileProperties, GoogleRpc.fileStatus, GoogleProtobuf.fileAny,
    ]

    private static func tls(_ configuration: Configuration) async throws(Failure) -> GRPCConfiguration.TLS? {
        let roots = configuration[ServerKeys.grpcClientRoots]
        switch (configuration[ServerKeys.tlsCertificate], configuration[ServerKeys.tlsKey]) {
        case (let certificate?, let key?):
            return try await offload { () throws(Failure) in
                GRPCConfiguration.TLS(
                    certificate: try text(of: certificate), key: try text(of: key),
                    clientRoots: try roots.map { (path) throws(Failure) in try text(of: path) })
            }
        case (nil, nil) where roots == nil: return nil
        default:
            throw Failure(
                .invalidArgument, "tls-certificate and tls-key belong together, and grpc-client-roots needs them",
                next: "give both, or none for plain gRPC")
        }
    }
}

private func text(of path: String) throws(Failure) -> String {
    guard let text = String(validating: try YAMLNode.bytes(ofFile: path), as: UTF8.self) else {
        throw Failure(.invalidArgument, "\(path) is no PEM text")
    }
    return text
}
