import Foundations
import GRPC
import Logging
import Metrics
import Protos
import REST
import Reactor
import Sessions

/// `corral.v1` over gRPC: `SessionService` and the directory of environments. Translates, and holds no rules.
@Reactor
public final class GRPCDoor {
    let service: SessionService
    let environments: any EnvironmentDirectory
    private let information: RESTAPI.Information
    let desk: CallDesk
    /// Where callers reach this server over HTTP, as session objects tell it.
    private(set) var address = ""

    public init(
        service: SessionService, environments: any EnvironmentDirectory, information: RESTAPI.Information,
        desk: CallDesk
    ) {
        self.service = service
        self.environments = environments
        self.information = information
        self.desk = desk
    }

    public func setAddress(_ address: String) { self.address = address }

    /// The methods of `corral.v1`.
    public var methods: [GRPCMethod] {
        [describe] + environmentMethods + sessionMethods + sessionCommands + streams
    }

    private var describe: GRPCMethod {
        desk.unary(CorralV1.ServerService.describe) {
            [self] (_: CorralV1.DescribeRequest, _) async throws(Failure) in
            var response = CorralV1.DescribeResponse()
            response.version = information.version
            response.sessions = Int64(service.liveSessions)
            response.maxSessions = Int64(service.limits.maxSessions)
            response.capabilities = await information.capabilities().encoded()
            return response
        }
    }

    private var streams: [GRPCMethod] {
        [
            desk.stream(CorralV1.SessionsService.run) { [self] visit in RunStream(visit, door: self) },
            desk.stream(CorralV1.SessionsService.runBatch) { [self] visit in RunBatchStream(visit, door: self) },
        ]
    }
}
