import Foundations
import GRPC
import Protobuf
import Protos
import REST
import Reactor
import Sessions

/// `Sessions.Run`: resets and steps of any number of sessions.
@Reactor
final class RunStream: GRPCStreamHandler {
    private let visit: Visit
    private let door: GRPCDoor
    private let lanes = SessionLanes()
    private var running = StreamEnd()
    /// Of the last request that named one.
    private var session = ""

    init(_ visit: Visit, door: GRPCDoor) {
        self.visit = visit
        self.door = door
    }

    func received(_ message: [UInt8]) {
        let request: CorralV1.RunRequest
        do throws(ProtobufError) { request = try CorralV1.RunRequest(protobuf: message) } catch {
            return visit.call.finish(Failure(error).status(requestID: RequestJournal.newRequestID()))
        }
        running.began()
        do throws(Failure) {
            let id = try sessionID(try named(by: request))
            lanes.add(id) { [self] in answer(request.id, await result(of: request, session: id)) }
        } catch { answer(request.id, .failure(error)) }
    }

    func halfClosed() { if running.halfClosed() { visit.call.finish() } }

    func closed() { lanes.drop() }

    private func named(by request: CorralV1.RunRequest) throws(Failure) -> String {
        let name: String
        switch request.call {
        case .step(let step)?: name = step.session
        case .reset(let reset)?: name = reset.session
        case nil: throw Failure(.invalidArgument, "the request is neither a step nor a reset")
        }
        if !name.isEmpty { session = name }
        return session
    }

    private func result(
        of request: CorralV1.RunRequest, session: UniqueID
    ) async -> Result<CorralV1.RunResponse.Result, Failure> {
        do throws(Failure) {
            switch request.call {
            case .step(let step)?:
                return .success(.step(try await door.step(step, session: session, caller: visit.caller)))
            case .reset(let reset)?:
                return .success(.reset(try await door.reset(reset, session: session, caller: visit.caller)))
            case nil: throw Failure(.invalidArgument, "the request is neither a step nor a reset")
            }
        } catch { return .failure(error) }
    }

    private func answer(_ id: UInt64, _ result: Result<CorralV1.RunResponse.Result, Failure>) {
        var response = CorralV1.RunResponse()
        response.id = id
        switch result {
        case .success(let result): response.result = result
        case .failure(let failure): response.result = .error(failure.error(requestID: RequestJournal.newRequestID()))
        }
        visit.call.send(response.protobuf())
        visit.call.handled()
        if running.ended() { visit.call.finish() }
    }
}

/// `Sessions.RunBatch`: batches of steps, several at a time.
@Reactor
final class RunBatchStream: GRPCStreamHandler {
    private let visit: Visit
    private let door: GRPCDoor
    private let lanes = SessionLanes()
    private var running = StreamEnd()

    init(_ visit: Visit, door: GRPCDoor) {
        self.visit = visit
        self.door = door
    }

    func received(_ message: [UInt8]) {
        let request: CorralV1.StepBatchRequest
        do throws(ProtobufError) { request = try CorralV1.StepBatchRequest(protobuf: message) } catch {
            return visit.call.finish(Failure(error).status(requestID: RequestJournal.newRequestID()))
        }
        running.began()
        StepBatch(request, door: door, caller: visit.caller) { [self] response in
            visit.call.send(response.protobuf())
            visit.call.handled()
            if running.ended() { visit.call.finish() }
        }.run(in: lanes)
    }

    func halfClosed() { if running.halfClosed() { visit.call.finish() } }

    func closed() { lanes.drop() }
}

/// When a stream may be finished: its client sends no more, and all is answered.
struct StreamEnd {
    private var inFlight = 0
    private var isHalfClosed = false

    mutating func began() { inFlight += 1 }

    mutating func ended() -> Bool {
        inFlight -= 1
        return isHalfClosed && inFlight == 0
    }

    mutating func halfClosed() -> Bool {
        isHalfClosed = true
        return inFlight == 0
    }
}
