import Foundations
import JSON
import Manifests
import Reactor
import Sessions
import Trajectories
import Workers

/// Compares a version with the release that it follows: on the seeds of a check, and on what was recorded.
@Reactor
struct BehaviourChecks {
    /// The part of the budget that seeds may take, and trajectories; each at least `least`.
    private static let part = 0.08
    private static let least = Duration.seconds(1)
    /// Steps of a seed's comparison.
    private static let stepLimit = 300
    /// The most trajectories that are replayed, the newest ones.
    private nonisolated static let recordedLimit = 20
    /// The most records of such a trajectory.
    private nonisolated static let recordLimit = 10_000

    private let check: EnvironmentCheck
    private let service: SessionService
    private let recorders: BehaviourRecorders
    private let previous: ManifestFolder.Entry

    init(
        _ check: EnvironmentCheck, _ service: SessionService, _ recorders: BehaviourRecorders,
        after previous: ManifestFolder.Entry
    ) {
        self.check = check
        self.service = service
        self.recorders = recorders
        self.previous = previous
    }

    func run() async {
        let name = "\(previous.manifest.reference)"
        guard !check.manifest.isNondeterministic, !previous.manifest.isNondeterministic else {
            return check.skip("comparing with \(name): one of both is declared nondeterministic")
        }
        check.tell("comparing with \(name)")
        var judge = BehaviourJudge(check.manifest, after: previous.manifest)
        do throws(Failure) {
            try await playSeeds(&judge)
        } catch {
            check.skip("comparing with \(name): \(error.message)")
        }
        let end = end()
        for file in await recorded() {
            guard !isOver(end) else {
                check.skip("trajectories of \(name) that the budget had no time for")
                break
            }
            do throws(Failure) {
                let script = try await offload { () throws(Failure) in try Self.script(file) }
                try await replay(script, until: end, &judge)
            } catch {
                check.skip("the trajectory \(file.header.id) of \(name): \(error.message)")
            }
        }
        check.findings.add(judge.findings)
        check.measured["behaviour"] = judge.measured
    }

    private func end() -> ContinuousClock.Instant { .now + max(Self.least, check.budget * Self.part) }
    private func isOver(_ end: ContinuousClock.Instant) -> Bool { Task.isCancelled || .now > end }

    private func playSeeds(_ judge: inout BehaviourJudge) async throws(Failure) {
        let seed = EnvironmentCheck.seeds[0]
        let old = try await CheckedSession.open(.previous, on: service, seed: seed, record: .full)
        defer { Task { await old.close() } }
        let new = try await CheckedSession.open(.plain, on: service, seed: seed, record: .full)
        defer { Task { await new.close() } }
        guard old.takesSeeds, new.takesSeeds else {
            throw Failure(.failedPrecondition, "one of both takes no seeds")
        }
        let end = end()
        for seed in EnvironmentCheck.seeds where !isOver(end) {
            _ = (recorders.take(old.id), recorders.take(new.id))
            var ended: String?
            var answer = try await old.reset(seed: seed)
            do throws(Failure) { try await new.reset(seed: seed) } catch { ended = error.message }
            var source = old.source(seed: seed)
            for _ in 0..<Self.stepLimit where !answer.reply.isOver && !isOver(end) {
                guard let action = source.next(after: answer.reply) else { break }
                answer = try await old.step(action)
                if ended == nil {
                    do throws(Failure) { try await new.step(action) } catch { ended = error.message }
                }
            }
            try judge.add(
                "seed \(seed)", expected: recorders.take(old.id), actual: recorders.take(new.id), ended: ended)
        }
    }

    /// A recorded trajectory: its calls, with those of its parents before them, and what came of them.
    private struct Script: Sendable {
        let id: UniqueID
        let instance: String?
        let parameters: JSONObject
        let calls: [CallScript.Request]
        let first: Int
        let records: [StoredRecord]
    }

    /// Of the previous version, the newest first.
    private func recorded() async -> [TrajectoryFile] {
        guard let folder = check.bench.trajectories else { return [] }
        let digest = "sha256:\(previous.digest)"
        return await offload {
            let files = (try? TrajectoryFile.all(in: folder) { $0.digest == digest }) ?? []
            return files.filter { $0.indices.count <= Self.recordLimit }.suffix(Self.recordedLimit).reversed()
        }
    }

    private nonisolated static func script(_ file: TrajectoryFile) throws(Failure) -> Script {
        let lineage = try TrajectoryLineage.calls(of: file) { (id) throws(Failure) in try file.beside(id) }
        let calls = try CallScript(lineage).requests()
        let isReseeded = calls.contains { if case .reseed = $0 { true } else { false } }
        guard !isReseeded, file.header.rows == nil else {
            throw Failure(.unimplemented, "branches with seeds and vector sessions are not replayed by checks")
        }
        var records: [StoredRecord] = []
        try file.read(nil) { (record) throws(Failure) in records.append(record.stored) }
        return Script(
            id: file.header.id, instance: file.header.instance, parameters: file.header.parameters,
            calls: calls, first: file.indices.lowerBound, records: records)
    }

    private func replay(
        _ script: Script, until end: ContinuousClock.Instant, _ judge: inout BehaviourJudge
    ) async throws(Failure) {
        let session = try await CheckedSession.make(
            .plain, on: service, instance: script.instance, parameters: script.parameters, record: .full)
        defer { Task { await session.close() } }
        var ended: String?
        for call in script.calls where !isOver(end) {
            do throws(Failure) {
                try await make(call, session)
            } catch {
                // An environment that fails has its record, as it may have had before.
                guard error.code != .environmentError else { continue }
                ended = error.message
                break
            }
        }
        let records = Array(recorders.take(session.id).dropFirst(script.first))
        try judge.add(
            "trajectory \(script.id)", expected: script.records, actual: records, first: script.first, ended: ended)
    }

    private func make(_ call: CallScript.Request, _ session: CheckedSession) async throws(Failure) {
        switch call {
        case .reseed: break
        case .step(let action): try await session.step(action)
        case .reset(let body):
            let call = try? JSONValue(parsing: body, limits: JSONLimits(depth: 512))
            try await session.reset(seed: call?["seed"]?.integer, options: call?["options"]?.object ?? [:])
        }
    }
}

/// Keeps in memory what happens to the sessions that a check compares.
@Reactor
final class BehaviourRecorders: SessionRecorderSource {
    private final class Recorder: SessionRecorder {
        let mode = RecordingMode.full
        let isFull = false
        var records: [StoredRecord] = []

        func makeRoom() async throws(Failure) {}
        func finish(_ session: SessionSummary) async {}

        func append(_ record: StepRecord) {
            records.append(
                StoredRecord(bytes: record.canonical, time: record.time, duration: 0, agent: record.agent))
        }
    }

    private var recorders: [UniqueID: Recorder] = [:]

    func mode(of reference: String, wish: RecordingMode?) -> RecordingMode { wish == .full ? .full : .off }

    func recorder(for session: SessionSummary, wish: RecordingMode?) -> (any SessionRecorder)? {
        guard wish == .full else { return nil }
        let recorder = Recorder()
        recorders[session.id] = recorder
        return recorder
    }

    /// What happened since the last call.
    func take(_ session: UniqueID) -> [StoredRecord] {
        guard let recorder = recorders[session] else { return [] }
        defer { recorder.records = [] }
        return recorder.records
    }
}
