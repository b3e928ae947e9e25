import Foundations
import JSON
import Reactor
import Sandboxes
import Sessions
import Spaces

/// A session as a check drives it: as the local caller, with one agent, noting what it sees.
@Reactor
final class CheckedSession {
    let id: UniqueID
    let observationSpace: Space
    let actionSpace: Space
    let agents: [String]?
    let isolation: String
    /// From the request to the answer of the first reset.
    private(set) var startTime = Duration.zero
    /// Whether its environment takes seeds.
    private(set) var takesSeeds: Bool
    private let service: SessionService
    private(set) var last: CallAnswer?

    /// Makes a session without its first reset.
    ///
    /// - Parameter record: How what happens to it is kept.
    static func make(
        _ kind: Variants.Kind, on service: SessionService, instance: String? = nil, parameters: JSONObject = [:],
        takesSeeds: Bool = true, record: RecordingMode = .off
    ) async throws(Failure) -> CheckedSession {
        var request = SessionRequest(
            environment: Variants.reference(kind), instance: instance, parameters: parameters, reset: false)
        request.record = record
        guard let made = try await service.create(request, caller: .local).first, let spaces = made.summary.spaces
        else { throw Failure(.internal, "a session was made without spaces") }
        return CheckedSession(made, spaces, service: service, takesSeeds: takesSeeds)
    }

    static func open(
        _ kind: Variants.Kind, on service: SessionService, seed: Int64?, record: RecordingMode = .off
    ) async throws(Failure) -> CheckedSession {
        let start = ContinuousClock.now
        let session = try await make(kind, on: service, takesSeeds: seed != nil, record: record)
        do throws(Failure) {
            try await session.reset(seed: seed)
        } catch {
            guard seed != nil, error.code == .failedPrecondition, error.message.contains("takes no seed") else {
                await session.close()
                throw SessionProblem.ofFirstReset(error)
            }
            session.takesSeeds = false
            do throws(Failure) { try await session.reset(seed: nil) } catch {
                throw SessionProblem.ofFirstReset(error)
            }
        }
        session.startTime = .now - start
        return session
    }

    private init(
        _ session: CreatedSession, _ spaces: SessionSpaces, service: SessionService, takesSeeds: Bool
    ) {
        id = session.summary.id
        observationSpace = spaces.observation
        actionSpace = spaces.action
        agents = session.summary.agents
        isolation = session.summary.isolation
        self.service = service
        self.takesSeeds = takesSeeds
    }

    init(branch id: UniqueID, of parent: CheckedSession) {
        self.id = id
        observationSpace = parent.observationSpace
        actionSpace = parent.actionSpace
        agents = parent.agents
        isolation = parent.isolation
        takesSeeds = parent.takesSeeds
        service = parent.service
        last = parent.last
    }

    func source(_ kind: ActionSource.Kind = .random, seed: Int64) -> ActionSource {
        ActionSource(kind, seed: UInt64(bitPattern: seed), space: actionSpace, isShared: agents != nil)
    }

    @discardableResult
    func reset(seed: Int64?, options: JSONObject = [:]) async throws(Failure) -> CallAnswer {
        let answer = try await service.reset(
            id, seed: takesSeeds ? seed : nil, options: options, index: nil, caller: .local)
        last = answer
        return answer
    }

    @discardableResult
    func step(_ action: [UInt8]) async throws(Failure) -> CallAnswer {
        let answer = try await service.step(id, action: action, index: nil, caller: .local)
        last = answer
        return answer
    }

    func frame(_ mode: String?) async throws(Failure) -> Frame {
        try await service.render(id, mode: mode, caller: .local)
    }

    func fork() async throws(Failure) -> (session: CheckedSession, mechanism: ForkMechanism) {
        let forked = try await service.fork(id, caller: .local)
        guard let child = forked.sessions.first else { throw Failure(.internal, "a fork gave no session") }
        return (CheckedSession(branch: child.id, of: self), forked.mechanism)
    }

    func usage() async -> SandboxUsage { (try? await service.usage(id, caller: .local)) ?? SandboxUsage() }
    func logs() -> [String] { (try? service.logs(id, last: 100_000, caller: .local)) ?? [] }
    func close() async { _ = try? await service.close(id, caller: .local) }
}
