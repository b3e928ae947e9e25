import Foundations
import GRPC
import GRPCAPI
import Protos
import Reactor
import Sessions

/// dm_env_rpc v1: worlds are sessions. Translates, and holds no rules.
@Reactor
public final class DmEnvDoor {
    let service: SessionService
    private let desk: CallDesk
    /// Who plays in a world: one connection at a time.
    var players: [UniqueID: Player] = [:]
    /// The references that it offers.
    let references: @Sendable (Caller) async throws(Failure) -> [String]

    public init(
        service: SessionService, desk: CallDesk,
        references: @escaping @Sendable (Caller) async throws(Failure) -> [String]
    ) {
        self.service = service
        self.desk = desk
        self.references = references
    }

    public var methods: [GRPCMethod] {
        [desk.stream(DmEnvRpcV1.EnvironmentService.process) { [self] visit in DmEnvConnection(visit, door: self) }]
    }
}

/// A connection's hold on a world.
@Reactor
final class Player {
    let world: UniqueID
    let specs: Specs
    /// Whether a sequence runs; otherwise the next step begins one.
    var isRunning = false
    /// Of the next sequence.
    var seed: Int64?
    /// The last answer of the sequence.
    var last: CallAnswer?
    /// Settled when the player was told that somebody else has reset the world.
    private(set) var interruption: Promise<Void>?

    init(world: UniqueID, specs: Specs) {
        self.world = world
        self.specs = specs
    }

    /// Ends the player's sequence at its next step.
    func interrupt() -> Promise<Void> {
        let promise = interruption ?? Promise()
        interruption = promise
        return promise
    }

    /// - Returns: Whether somebody waited for it.
    func wasInterrupted() -> Bool {
        guard let interruption else { return false }
        self.interruption = nil
        interruption.settle(.success(()))
        isRunning = false
        return true
    }
}
