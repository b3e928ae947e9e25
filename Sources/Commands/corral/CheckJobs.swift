import Admission
import Catalog
import Foundations
import JSON
import Manifests
import Publishing
import REST
import Reactor
import Sessions
import Signing

/// The checks that a server was asked for: one at a time, the last of each version kept.
@Reactor
final class CheckJobs: CheckRunner {
    /// How many may wait.
    private static let waitingLimit = 64
    /// How many versions' last checks are kept.
    private static let keptLimit = 1024

    private struct Job {
        let entry: ManifestFolder.Entry
        let budget: Duration
        var state = "waiting"
        var progress: CheckProgress?
        var report: AdmissionReport?
        var attestation: JSONValue?

        var isOver: Bool { state == "done" }

        var json: JSONValue {
            var value: JSONValue = [
                "environment": .string("\(entry.manifest.reference)"), "digest": .string("sha256:\(entry.digest)"),
                "state": .string(state),
            ]
            if let progress, !isOver {
                value["step"] = .string(progress.step)
                value["fraction"] = .number(progress.fraction)
            }
            if let report { value["report"] = report.json }
            if let attestation { value["attestation"] = attestation }
            return value
        }
    }

    private let authority: CatalogAuthority
    private let bench: CheckBench
    private let keys: KeyStore
    /// Keeps the signed reports of the versions that it has.
    private let store: any CatalogStore
    private var jobs: [String: Job] = [:]
    /// Digests, oldest first.
    private var order: [String] = []
    private var waiting: [String] = []
    private var isRunning = false

    init(authority: CatalogAuthority, bench: CheckBench, keys: KeyStore, store: any CatalogStore) {
        self.store = store
        self.authority = authority
        self.bench = bench
        self.keys = keys
    }

    func start(_ reference: String, budget: Duration?, caller: Caller) async throws(Failure) -> JSONValue {
        let entry = try await authority.entry(
            for: reference, caller: caller, roles: .runner, .publisher, .reviewer)
        if let job = jobs[entry.digest], !job.isOver { return job.json }
        guard waiting.count < Self.waitingLimit else {
            throw Failure(
                .resourceExhausted, "\(waiting.count) checks are waiting already", next: "try again later")
        }
        let job = Job(entry: entry, budget: budget ?? EnvironmentCheck.standardBudget)
        jobs[entry.digest] = job
        order.removeAll { $0 == entry.digest }
        order.append(entry.digest)
        if order.count > Self.keptLimit, let oldest = order.first(where: { jobs[$0]?.isOver ?? true }) {
            order.removeAll { $0 == oldest }
            jobs[oldest] = nil
        }
        waiting.append(entry.digest)
        if !isRunning {
            isRunning = true
            Task { await self.work() }
        }
        return job.json
    }

    func status(_ reference: String, caller: Caller) async throws(Failure) -> JSONValue {
        let entry = try await authority.entry(for: reference, caller: caller, roles: .viewer)
        guard let job = jobs[entry.digest] else {
            throw Failure(
                .notFound, "\(entry.manifest.reference) was not checked here",
                next: "POST to the same path to check it")
        }
        return job.json
    }

    private func work() async {
        while !waiting.isEmpty {
            let digest = waiting.removeFirst()
            guard let job = jobs[digest] else { continue }
            jobs[digest]?.state = "running"
            let check = EnvironmentCheck(job.entry, on: bench, budget: job.budget) { [weak self] progress in
                Task { @Reactor in self?.jobs[digest]?.progress = progress }
            }
            let report = await check.run()
            let attestation = await attestation(of: report)
            if let attestation { await keep(attestation, of: report) }
            jobs[digest]?.attestation = attestation
            jobs[digest]?.report = report
            jobs[digest]?.state = "done"
        }
        isRunning = false
    }

    /// Nil where nothing was checked, and where there is no key.
    private func attestation(of report: AdmissionReport) async -> JSONValue? {
        guard report.obstacle == nil else { return nil }
        do throws(Failure) {
            return try await offload { [keys] () throws(Failure) in try report.signed(by: [keys.serverKey()]).json }
        } catch {
            bench.logger.log(.warning, "a report of a check was not signed", failure: error)
            return nil
        }
    }

    /// A version of a folder alone is in no catalog.
    private func keep(_ attestation: JSONValue, of report: AdmissionReport) async {
        let record = Attestation(
            digest: report.digest, kind: "admission", result: report.verdict.rawValue,
            envelope: attestation.encoded(), createdAt: .now, createdBy: "server")
        do throws(Failure) {
            try await store.attach(record)
        } catch {
            guard error.code != .notFound else { return }
            bench.logger.log(.warning, "a report of a check was not kept", failure: error)
        }
    }
}
