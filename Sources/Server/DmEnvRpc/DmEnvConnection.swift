import Foundations
import GRPC
import GRPCAPI
import Protobuf
import Protos
import REST
import Reactor
import Sessions

/// One stream: requests are answered in their order, one answer for each; errors are answers too.
@Reactor
final class DmEnvConnection: GRPCStreamHandler {
    let visit: Visit
    let door: DmEnvDoor
    var player: Player?
    private var waiting: [[UInt8]] = []
    private var isWorking = false
    private var isHalfClosed = false
    private var isClosed = false

    init(_ visit: Visit, door: DmEnvDoor) {
        self.visit = visit
        self.door = door
    }

    func received(_ message: [UInt8]) {
        waiting.append(message)
        guard !isWorking else { return }
        isWorking = true
        Task.immediate { await work() }
    }

    func halfClosed() {
        isHalfClosed = true
        if !isWorking { visit.call.finish() }
    }

    func closed() {
        isClosed = true
        waiting = []
        if !isWorking { leave() }
    }

    private func work() async {
        while !waiting.isEmpty {
            let message = waiting.removeFirst()
            let request: V1.EnvironmentRequest
            do throws(ProtobufError) { request = try V1.EnvironmentRequest(protobuf: message) } catch {
                visit.call.finish(GRPCStatus(.invalidArgument, "the message is none of its type: \(error)"))
                break
            }
            visit.call.send(await answer(request).protobuf())
            visit.call.handled()
        }
        isWorking = false
        if isClosed { leave() } else if isHalfClosed { visit.call.finish() }
    }

    private func answer(_ request: V1.EnvironmentRequest) async -> V1.EnvironmentResponse {
        var response = V1.EnvironmentResponse()
        do throws(Failure) {
            response.payload = try await payload(request)
        } catch {
            response.payload = .error(error.rpcStatus(requestID: RequestJournal.newRequestID()))
        }
        return response
    }

    private func payload(_ request: V1.EnvironmentRequest) async throws(Failure) -> V1.EnvironmentResponse.Payload {
        switch request.payload {
        case .createWorld(let request)?: return .createWorld(try await createWorld(request))
        case .joinWorld(let request)?: return .joinWorld(try joinWorld(request))
        case .step(let request)?: return .step(try await step(request))
        case .reset(let request)?: return .reset(try reset(request))
        case .resetWorld(let request)?: return .resetWorld(try await resetWorld(request))
        case .leaveWorld?:
            leave()
            return .leaveWorld(V1.LeaveWorldResponse())
        case .destroyWorld(let request)?: return .destroyWorld(try await destroyWorld(request))
        case .`extension`(let request)?: return .`extension`(try await properties(request))
        case nil: throw Failure(.unimplemented, "the request is none that dm_env_rpc v1 has")
        }
    }

    func leave() {
        guard let player else { return }
        _ = player.wasInterrupted()
        door.players[player.world] = nil
        self.player = nil
    }
}
