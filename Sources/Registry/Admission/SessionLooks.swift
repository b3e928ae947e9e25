import Foundations
import JSON
import Reactor
import Sessions

/// What sessions show of a version that no probe can look into: returns of simple agents, and what adds up.
@Reactor
struct SessionLooks {
    private static let episodes = 200
    private static let stepLimit = 1000
    /// Parts of the budget.
    private static let agentsPart = 0.2
    private static let growthPart = 0.2

    private let check: EnvironmentCheck
    private let service: SessionService

    init(_ check: EnvironmentCheck, _ service: SessionService) {
        self.check = check
        self.service = service
    }

    func run() async {
        let judge = ProbeJudge(manifest: check.manifest)
        do throws(Failure) {
            let session = try await CheckedSession.open(.plain, on: service, seed: EnvironmentCheck.seeds[0])
            defer { Task { await session.close() } }
            for look in [Look.agents, .growth] {
                check.tell(look.title)
                let part = check.budget * (look == .agents ? Self.agentsPart : Self.growthPart)
                let end = ContinuousClock.now + part
                let facts = try await look == .agents ? agents(session, until: end) : growth(session, until: end)
                check.findings.add(judge.findings(of: look, facts))
                check.measure(look, facts)
            }
        } catch {
            check.note(error, during: .step)
        }
    }

    private struct Episode {
        var total = 0.0
        var length = 0
        var end = "cut"
    }

    private func agents(
        _ session: CheckedSession, until end: ContinuousClock.Instant
    ) async throws(Failure) -> JSONValue {
        var agents = JSONObject()
        for kind in ActionSource.Kind.allCases {
            guard kind == .random || session.actionSpace.constant(kind) != nil else {
                check.skip("the agent `\(kind.rawValue)`: the action space has no such action")
                continue
            }
            var episodes: [Episode] = []
            for seed in EnvironmentCheck.seeds.prefix(3) where !isOver(end) {
                episodes.append(try await play(session, kind, seed: seed, until: end))
            }
            agents[kind.rawValue] = [
                "returns": .array(episodes.map { .number($0.total) }),
                "lengths": .array(episodes.map { .integer(Int64($0.length)) }),
                "ends": .array(episodes.map { .string($0.end) }),
            ]
        }
        return ["agents": .object(agents)]
    }

    private func growth(
        _ session: CheckedSession, until end: ContinuousClock.Instant
    ) async throws(Failure) -> JSONValue {
        var rows: [JSONValue] = []
        while rows.count < Self.episodes, !isOver(end) {
            _ = try await play(session, .random, seed: EnvironmentCheck.seeds[0], until: end)
            let usage = await session.usage()
            guard usage.memory > 0 else { break }
            rows.append(["memory": .integer(Int64(usage.memory)), "children": .integer(Int64(usage.processes))])
        }
        return ["rows": .array(rows)]
    }

    private func isOver(_ end: ContinuousClock.Instant) -> Bool { Task.isCancelled || .now > end }

    private func play(
        _ session: CheckedSession, _ kind: ActionSource.Kind, seed: Int64, until end: ContinuousClock.Instant
    ) async throws(Failure) -> Episode {
        var source = session.source(kind, seed: seed)
        var answer = try await session.reset(seed: seed)
        var episode = Episode()
        while episode.length < Self.stepLimit, !isOver(end), let action = source.next(after: answer.reply) {
            answer = try await session.step(action)
            episode.length += 1
            episode.total += answer.reply.rewards.reduce(0, +)
            guard answer.reply.isOver else { continue }
            episode.end = if case .single(true) = answer.reply.truncated { "truncated" } else { "terminated" }
            break
        }
        return episode
    }
}
