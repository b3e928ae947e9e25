import Foundations
import JSON
import Manifests
import Reactor
import Sandboxes
import Sessions

/// Runs all checks of one version: in fresh sandboxes, without network, within a budget of time.
@Reactor
public final class EnvironmentCheck {
    static let seeds: [Int64] = [11, 23, 37, 41, 59]
    /// Steps of a seed's walk, and the most of an episode that is compared.
    static let stepLimit = 1000
    public static let standardBudget = Duration.seconds(60)

    let entry: ManifestFolder.Entry
    /// The release that this one follows.
    private let previous: ManifestFolder.Entry?
    let bench: CheckBench
    let budget: Duration
    let progress: @Sendable (CheckProgress) -> Void
    let started = ContinuousClock.now
    /// When the first session was there: parts of the budget count from here.
    private var begun = ContinuousClock.now
    var findings = FindingList()
    var report: AdmissionReport
    var measured = JSONObject()

    var manifest: Manifest { entry.manifest }

    /// - Parameters:
    ///   - previous: The release that it follows, which it is compared with.
    ///   - progress: Called before each part.
    public init(
        _ entry: ManifestFolder.Entry, after previous: ManifestFolder.Entry? = nil, on bench: CheckBench,
        budget: Duration = standardBudget,
        progress: @escaping @Sendable (CheckProgress) -> Void = { _ in }
    ) {
        self.entry = entry
        self.previous = previous
        self.bench = bench
        self.budget = budget
        self.progress = progress
        report = AdmissionReport(reference: "\(entry.manifest.reference)", digest: entry.digest)
        report.budget = budget
        report.checker = bench.checker
    }

    /// What was found; also where the task is cancelled, which the report then says.
    public func run() async -> AdmissionReport {
        findings.add(await offload { [entry] in StaticChecks.findings(entry) })
        do throws(Failure) {
            // A look may take what is left of the budget, and something for the machine.
            let variants = try Variants(entry, after: previous, stepTime: max(.seconds(5), budget / 2))
            if variants.wantsNetwork { skip("the host's network, which the version asks for: checks have none") }
            let recorders = BehaviourRecorders()
            let service = bench.service(variants, recorders)
            await withTaskCancellationHandler {
                await play(service, variants, recorders)
            } onCancel: {
                // A call that runs does not outlast its session.
                Task { await service.drainSessions() }
            }
            await service.drainSessions()
        } catch {
            report.obstacle = error.message
        }
        if Task.isCancelled { skip("what was left when the check was stopped") }
        report.findings = findings.sorted
        report.measured = measured
        report.duration = .now - started
        return report
    }

    private func play(_ service: SessionService, _ variants: Variants, _ recorders: BehaviourRecorders) async {
        // The other processes start while the first one plays.
        let probe = variants.entry.map { _ in opening(.probe, service, seed: nil) }
        let fresh = opening(.fresh, service, seed: Self.seeds[0])
        let other = variants.fixesHashes ? nil : opening(.otherHashes, service, seed: Self.seeds[0])
        tell("starting")
        let first: CheckedSession
        do throws(Failure) {
            first = try await CheckedSession.open(.plain, on: service, seed: Self.seeds[0])
        } catch {
            for task in [probe, fresh, other] { await (try? task?.value.get())?.close() }
            return startFailed(error)
        }
        begun = .now
        report.isolation = first.isolation
        measured["start_seconds"] = .number(first.startTime.inSeconds)
        if !first.takesSeeds { findings.add(Finding(.noSeed, "the worker does not say that it takes seeds")) }
        let episodes = await EpisodeChecks(self, first, service).run(
            fresh: await opened(fresh), otherHashes: await opened(other))
        if variants.fixesHashes, manifest.launches.contains(where: { $0.backend != .docker }) {
            skip("another order of hashes: the version fixes \(Variants.hashSeed)")
        }
        await closing(first)
        if !findings.all.contains(where: { $0.code == .startFailed }) {
            await ForkChecks(self, service).run(reference: episodes)
            if let previous { await BehaviourChecks(self, service, recorders, after: previous).run() }
        }
        if let probe {
            await ProbeChecks(self).run(await opened(probe))
        } else {
            skip("what only a probe sees (types, aliasing, invalid actions, open files, network): no Python worker")
            await SessionLooks(self, service).run()
        }
    }

    private typealias Opening = Task<Result<CheckedSession, Failure>, Never>

    private func opening(_ kind: Variants.Kind, _ service: SessionService, seed: Int64?) -> Opening {
        Task { () -> Result<CheckedSession, Failure> in
            do throws(Failure) { return .success(try await CheckedSession.open(kind, on: service, seed: seed)) } catch {
                return .failure(error)
            }
        }
    }

    private func opened(_ task: Opening?) async -> CheckedSession? {
        guard let task else { return nil }
        do throws(Failure) { return try await task.value.get() } catch {
            note(error, during: .start)
            return nil
        }
    }

    private func startFailed(_ failure: Failure) {
        guard let finding = SessionProblem.finding(failure, during: .start) else {
            report.obstacle = failure.message
            return
        }
        findings.add(finding)
        skip("everything behind the start")
    }

    private func closing(_ session: CheckedSession) async {
        let usage = await session.usage()
        if usage.peakMemory > 0 { measured["peak_memory_bytes"] = .integer(Int64(usage.peakMemory)) }
        if usage.processorTime > .zero { measured["processor_seconds"] = .number(usage.processorTime.inSeconds) }
        let lines = session.logs().count
        measured["log_lines"] = .integer(Int64(lines))
        if lines >= 100 {
            findings.add(Finding(.noisyOutput, "\(lines) lines on standard error or output while it was played"))
        }
        let closing = ContinuousClock.now
        await session.close()
        measured["close_seconds"] = .number((.now - closing).inSeconds)
    }

    // For the parts of the check.

    func tell(_ step: String) {
        progress(CheckProgress(step: step, fraction: min(1, (.now - started) / budget)))
    }

    func skip(_ what: String) {
        if !report.notCovered.contains(what) { report.notCovered.append(what) }
    }

    /// Whether a part of what the start left of the budget is used up.
    func isOver(_ part: Double = 1) -> Bool {
        Task.isCancelled || .now - begun > max(budget / 2, budget - (begun - started)) * part
    }

    var left: Duration { max(.zero, budget - (.now - started)) }

    /// Notes the figures of a look.
    func measure(_ look: Look, _ facts: JSONValue) {
        switch look {
        case .contract:
            if let speed = facts["steps_per_second"]?.double {
                measured["steps_per_second"] = .number(speed.rounded())
            }
            let counts = (facts["steps"]?.array ?? []).compactMap(\.integer)
            for (seed, count) in zip(EnvironmentCheck.seeds, counts) where count < EnvironmentCheck.stepLimit {
                skip("steps of seed \(seed) from \(count) on, in the probe")
            }
        case .agents:
            var baseline = JSONObject()
            for (name, row) in facts["agents"]?.object ?? [:] {
                let returns = (row["returns"]?.array ?? []).compactMap(\.double)
                let lengths = (row["lengths"]?.array ?? []).compactMap(\.double)
                guard !returns.isEmpty else {
                    skip("the agent `\(name)`")
                    continue
                }
                baseline[name] = [
                    "episodes": .integer(Int64(returns.count)), "mean_return": .number(mean(returns)),
                    "least": .number(returns.min() ?? 0), "most": .number(returns.max() ?? 0),
                    "mean_length": .number(mean(lengths)),
                ]
            }
            measured["baseline"] = .object(baseline)
        case .growth:
            let rows = facts["rows"]?.array ?? []
            measured["growth_episodes"] = .integer(Int64(rows.count))
            if rows.count < GrowthJudge.fewest {
                skip("growth: fewer than \(GrowthJudge.fewest) episodes in time")
            }
            if let last = rows.last?["memory"]?.integer { measured["memory_bytes"] = .integer(last) }
        default: break
        }
    }

    /// Notes what a failed call says; what is no fault of the environment's was then not looked at.
    func note(_ failure: Failure, during call: SessionProblem.Call, at place: String = "") {
        if let finding = SessionProblem.finding(failure, during: call, at: place) {
            findings.add(finding)
        } else {
            skip("\(place.isEmpty ? "a call" : place): \(failure.message)")
        }
    }
}

extension SessionService {
    /// Ends all sessions of a check.
    func drainSessions() async { _ = await closeAll(caller: .local) }
}

private func mean(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : (values.reduce(0, +) / Double(values.count) * 1e6).rounded() / 1e6
}
