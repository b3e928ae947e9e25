import Foundations
import Protos
import REST
import Reactor
import Sessions

/// Steps of several sessions that are answered together.
@Reactor
final class StepBatch {
    /// The most steps of one batch.
    static let limit = 16_384

    private let steps: [CorralV1.StepRequest]
    private let door: GRPCDoor
    private let caller: Caller
    private let finished: @Reactor (CorralV1.StepBatchResponse) -> Void
    private var response = CorralV1.StepBatchResponse()
    private var left: Int

    init(
        _ request: CorralV1.StepBatchRequest, door: GRPCDoor, caller: Caller,
        finished: @escaping @Reactor (CorralV1.StepBatchResponse) -> Void
    ) {
        steps = request.steps
        left = steps.count
        self.door = door
        self.caller = caller
        self.finished = finished
        response.id = request.id
        response.results = Array(repeating: CorralV1.StepResult(), count: steps.count)
    }

    func run(in lanes: SessionLanes) {
        if steps.isEmpty { return finished(response) }
        guard steps.count <= Self.limit else {
            let failure = Failure(
                .invalidArgument, "\(steps.count) steps are more than \(Self.limit)", next: "send several batches")
            for place in steps.indices { settle(place, .failure(failure)) }
            return
        }
        for (place, step) in steps.enumerated() {
            do throws(Failure) {
                let session = try sessionID(step.session)
                lanes.add(session) { [self] in await take(place, session) }
            } catch { settle(place, .failure(error)) }
        }
    }

    private func take(_ place: Int, _ session: UniqueID) async {
        do throws(Failure) {
            settle(place, .success(try await door.step(steps[place], session: session, caller: caller)))
        } catch { settle(place, .failure(error)) }
    }

    private func settle(_ place: Int, _ result: Result<CorralV1.StepResponse, Failure>) {
        response.results[place].result =
            switch result {
            case .success(let step): .step(step)
            case .failure(let failure): .error(failure.error(requestID: RequestJournal.newRequestID()))
            }
        left -= 1
        if left == 0 { finished(response) }
    }
}
