import Admission
import Catalog
import Foundations
import JSON
import Manifests
import Publishing
import REST
import Reactor
import Review
import Sessions
import Signing

/// The checks that a server runs in the background: those that it was asked for, and those of what is published.
@Reactor
final class CheckJobs: CheckRunner {
    struct Settings: Sendable {
        /// Whether versions are checked because they were published.
        var checksPublished: Bool
        /// How many checks run at once.
        var slots: Int
        /// Of a check that nobody gave another.
        var budget: Duration
    }

    private let authority: CatalogAuthority
    private let bench: CheckBench
    private let keys: KeyStore
    /// Keeps the signed reports of the versions that it has.
    private let store: any CatalogStore
    /// Told of every report: it may be what a review waited for.
    private let reviews: ReviewDesk
    private let settings: Settings
    private var queue: CheckQueue
    private var running: [String: Task<Void, Never>] = [:]
    private var isStopped = false
    /// Whether the store may have versions that were published and never checked.
    private var mayHaveUnchecked = false
    /// The last of them that was looked at.
    private var looked: String?
    private var looking: Task<Void, Never>?

    init(
        authority: CatalogAuthority, bench: CheckBench, keys: KeyStore, store: any CatalogStore, reviews: ReviewDesk,
        settings: Settings
    ) {
        self.authority = authority
        self.bench = bench
        self.keys = keys
        self.store = store
        self.reviews = reviews
        self.settings = settings
        queue = CheckQueue(slots: settings.slots)
    }

    /// Begins with what was published and not checked before the server was started.
    func begin() {
        guard settings.checksPublished else { return }
        mayHaveUnchecked = true
        fill()
    }

    /// Ends the checks that run, whose versions are checked after the next start, and returns when none runs.
    func stop() async {
        isStopped = true
        looking?.cancel()
        for task in running.values { task.cancel() }
        for task in running.values { await task.value }
        await looking?.value
    }

    func start(_ reference: String, budget: Duration?, caller: Caller) async throws(Failure) -> JSONValue {
        let found = try await authority.identify(
            reference, caller: caller, roles: .runner, .publisher, .reviewer)
        return try add(found.reference, found.digest, budget ?? settings.budget).json
    }

    func status(_ reference: String, caller: Caller) async throws(Failure) -> JSONValue {
        let found = try await authority.identify(reference, caller: caller, roles: .viewer)
        guard let job = try await last(found.reference, found.digest) else {
            throw Failure(
                .notFound, "\(found.reference) was not checked here", next: "POST to the same path to check it")
        }
        return job.json
    }

    func published(_ record: VersionRecord) async -> JSONObject? {
        guard settings.checksPublished else { return nil }
        if let known = try? await last(record.reference, record.digest) { return known.summary }
        do throws(Failure) {
            return try add(record.reference, record.digest, settings.budget).summary
        } catch {
            // There is no room: it is found again when there is.
            mayHaveUnchecked = true
            return CheckQueue.Job(reference: record.reference, digest: record.digest, budget: .zero).summary
        }
    }

    private func add(_ reference: String, _ digest: String, _ budget: Duration) throws(Failure) -> CheckQueue.Job {
        let job = try queue.add(.init(reference: reference, digest: digest, budget: budget))
        work()
        return job
    }

    /// What waits, runs or was done here; else what was kept of an earlier check.
    private func last(_ reference: String, _ digest: String) async throws(Failure) -> CheckQueue.Job? {
        if let job = queue[digest] { return job }
        guard let kept = try await store.attestations(of: digest, kind: Attestation.admission).first else { return nil }
        return try .init(reference: reference, digest: digest, kept: kept.envelope)
    }

    private func work() {
        while !isStopped, let job = queue.next() {
            running[job.digest] = Task {
                await self.check(job)
                self.running[job.digest] = nil
                self.work()
                self.fill()
            }
        }
    }

    private func check(_ job: CheckQueue.Job) async {
        let report = await report(job)
        // It saw only a part: the next start checks it anew.
        if Task.isCancelled { return }
        let attestation = await attestation(of: report)
        if let attestation { await keep(attestation, of: report) }
        queue.finish(job.digest, report: report.json, attestation: attestation)
    }

    private func report(_ job: CheckQueue.Job) async -> AdmissionReport {
        do throws(Failure) {
            let entry = try await authority.entry(for: "\(job.reference.prefix { $0 != "@" })@sha256:\(job.digest)")
            let previous = try await authority.previous(to: entry.manifest)
            let check = EnvironmentCheck(entry, after: previous, on: bench, budget: job.budget) {
                [weak self] progress in Task { @Reactor in self?.queue.progressed(job.digest, progress) }
            }
            return await check.run()
        } catch {
            var report = AdmissionReport(reference: job.reference, digest: job.digest)
            report.obstacle = error.message
            report.checker = bench.checker
            return report
        }
    }

    /// Lets what was published and not checked wait, as far as there is room.
    private func fill() {
        guard mayHaveUnchecked, looking == nil, !isStopped, queue.hasRoom else { return }
        looking = Task {
            await self.look()
            self.looking = nil
        }
    }

    private func look() async {
        do throws(Failure) {
            while queue.hasRoom, !Task.isCancelled {
                let found = try await store.versions(lacking: Attestation.admission, after: looked, limit: 16)
                if found.isEmpty {
                    (mayHaveUnchecked, looked) = (false, nil)
                    return
                }
                for record in found where queue.hasRoom {
                    looked = record.digest
                    _ = try add(record.reference, record.digest, settings.budget)
                }
            }
        } catch {
            bench.logger.log(.warning, "versions that wait for their checks were not found", failure: error)
        }
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
            digest: report.digest, kind: Attestation.admission, result: report.verdict.rawValue,
            envelope: attestation.encoded(), createdAt: .now, createdBy: "server")
        do throws(Failure) {
            try await store.attach(record)
            try await reviews.settle(digest: report.digest)
        } catch {
            guard error.code != .notFound else { return }
            bench.logger.log(.warning, "a report of a check was not kept", failure: error)
        }
    }
}
