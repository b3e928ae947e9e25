import Admission
import Arguments
import Configuration
import Foundations
import Glibc
import JSON
import Manifests
import Reactor
import Sessions
import Signing

/// `corral check`.
enum CheckCommand: Subcommand {
    static let declaration = Command(
        "check", "Run the admission checks of environments, and sign what they found.",
        discussion: """
            Takes folders that are searched for environment.yaml, or references of environments. Each is started in \
            fresh sandboxes without network and played: spaces, rewards, seeds, forks, frames, leaks, what it writes \
            and what it calls, and whether it behaves as the release before it. docs/admission.md explains every \
            finding. References are checked by the server of --url or CORRAL_URL; without one here, those of the \
            catalog in the data directory too.

            The exit status is 0 where all passed, 1 where one was rejected, 2 where one could not be checked.
            """,
        options: [
            .flag("json", "Print the reports as JSON."),
            .value("budget", "SECONDS", fallback: "60", "How long the check of one environment may take."),
            .value("key", "NAME", "Sign with this key of `corral key list` [default: server]."),
            .value(
                "attest", "DIRECTORY", completion: .directories,
                "Write each signed report there: a DSSE envelope, named by the digest of the version."),
            ServerURL.option,
        ] + ServerKeys.flagsOfOneCommand,
        positionals: [.init("ENVIRONMENT", .some, completion: .files, "Folders with manifests, or references.")])

    /// What came of one check.
    fileprivate struct Outcome {
        let report: JSONValue
        let attestation: JSONValue?

        var status: Int32 {
            (report["verdict"]?.string.flatMap(AdmissionReport.Verdict.init) ?? .notChecked).exitStatus
        }
    }

    static func run(_ invocation: Invocation) async throws(Failure) {
        let budget = try invocation.integer("budget", in: 1...86_400) ?? 60
        let configuration = try Configuration.read(invocation, table: ServerKeys.forOneCommand)
        let work = try await offload { () throws(Failure) in try Work(invocation, configuration) }
        let outcomes = try await cancelledBySignals { () -> Result<[Outcome], Failure> in
            do throws(Failure) {
                if let client = work.client { return .success(try await checkThere(work, client, seconds: budget)) }
                let reports = try await checkHere(work, configuration, .seconds(budget))
                return .success(try await offload { () throws(Failure) in try work.signed(reports) })
            } catch { return .failure(error) }
        }.get()
        try await offload { () throws(Failure) in try work.write(outcomes) }
        if invocation.flag("json") {
            let reports = outcomes.map { outcome -> JSONValue in
                var value = outcome.report
                value["attestation"] = outcome.attestation ?? .null
                return value
            }
            printJSON(["reports": .array(reports)])
        } else {
            for outcome in outcomes { Output.standard.write(CheckPage(outcome.report).text) }
        }
        let statuses = outcomes.map(\.status)
        exit(statuses.contains(1) ? 1 : statuses.max() ?? 0)
    }

    private static func checkHere(
        _ work: Work, _ configuration: Configuration, _ budget: Duration
    ) async throws(Failure) -> [AdmissionReport] {
        guard !work.entries.isEmpty || !work.references.isEmpty else { return work.broken }
        let station: CheckStation
        do throws(Failure) { station = try await CheckStation.open(configuration) } catch { notChecked(error) }
        do throws(Failure) {
            let reports = try await check(work, station, budget)
            await station.close()
            return work.broken + reports
        } catch {
            await station.close()
            throw error
        }
    }

    /// Nothing can be checked on this machine.
    private static func notChecked(_ failure: Failure) -> Never {
        Output.errors.write(
            "corral: \(failure.message)\n" + (failure.next.isEmpty ? "" : "        \(failure.next)\n"))
        exit(AdmissionReport.Verdict.notChecked.exitStatus)
    }

    private static func check(
        _ work: Work, _ station: CheckStation, _ budget: Duration
    ) async throws(Failure) -> [AdmissionReport] {
        var reports: [AdmissionReport] = []
        var entries = work.entries
        for reference in work.references {
            do throws(Failure) {
                entries.append(try await station.authority.entry(for: reference))
            } catch {
                guard error.code == .failedPrecondition else { throw error }
                var report = AdmissionReport(reference: reference, digest: "")
                report.obstacle = error.message
                reports.append(report)
            }
        }
        let line = StatusLine()
        for (place, entry) in entries.enumerated() where !Task.isCancelled {
            let name = "\(entry.manifest.reference)"
            let counter = entries.count > 1 ? "[\(place + 1)/\(entries.count)] " : ""
            let previous = try await station.authority.previous(to: entry.manifest)
            let check = await EnvironmentCheck(entry, after: previous, on: station.bench, budget: budget) { progress in
                line?.show("\(counter)\(name)", progress)
            }
            reports.append(await check.run())
        }
        line?.clear()
        return reports
    }

    /// Lets a server check.
    private static func checkThere(
        _ work: Work, _ client: ServerClient, seconds: Int
    ) async throws(Failure) -> [Outcome] {
        var outcomes: [Outcome] = []
        let line = StatusLine()
        for reference in work.references {
            let target = ServerClient.target(["v1", "environments", reference, "checks"])
            var job = try await client.json("POST", target, body: ["budget_seconds": .integer(Int64(seconds))])
            // What the reference means may change meanwhile.
            let exact = job["digest"]?.string.map { "\(job.words("environment").prefix { $0 != "@" })@\($0)" }
            let own = ServerClient.target(["v1", "environments", exact ?? reference, "checks"])
            while job["state"] != "done" {
                do { try await Task.sleep(for: .milliseconds(200)) } catch {
                    line?.clear()
                    throw Failure(.unavailable, "the check of \(reference) goes on without this command")
                }
                job = try await client.json("GET", own)
                let progress = CheckProgress(step: job.words("step"), fraction: job["fraction"]?.double ?? 0)
                line?.show(job.words("environment"), progress)
            }
            outcomes.append(Outcome(report: job["report"] ?? .null, attestation: job["attestation"]))
        }
        line?.clear()
        return outcomes
    }

    /// What the command line asks for.
    private struct Work: Sendable {
        var entries: [ManifestFolder.Entry] = []
        /// Of manifests that cannot be read.
        var broken: [AdmissionReport] = []
        var references: [String] = []
        /// Of the server that checks; nil: this command does.
        var client: ServerClient?
        private let keys: KeyStore
        private let key: String?
        private let folder: String?

        init(_ invocation: Invocation, _ configuration: Configuration) throws(Failure) {
            keys = configuration.keyStore
            key = invocation.text("key")
            folder = invocation.text("attest")
            for word in invocation.arguments("ENVIRONMENT") {
                var status = stat()
                guard stat(word, &status) == 0 else {
                    references.append(word)
                    continue
                }
                let path = status.st_mode & S_IFMT == S_IFDIR ? word : String(word.dropLast(Manifest.fileName.count))
                let found = try VersionDigest.load([path.isEmpty ? "." : path])
                entries += found.entries
                broken += found.problems.map { problem in
                    var report = AdmissionReport(reference: word, digest: "")
                    report.findings = [Finding(.manifestInvalid, "\(problem.message) \(problem.next)")]
                    return report
                }
                guard !found.entries.isEmpty || !found.problems.isEmpty else {
                    throw Failure(
                        .notFound, "there is no \(Manifest.fileName) in \(word)",
                        next: "name a folder with manifests, or a reference of an environment")
                }
            }
            guard !references.isEmpty, let url = try ServerURL.given(invocation, against: ServerKeys.flagsOfOneCommand)
            else { return }
            guard entries.isEmpty, broken.isEmpty, key == nil else {
                throw Failure(
                    .invalidArgument, "a server checks what it has, and signs with its own key",
                    next: "check folders, and with --key, in a command without --url")
            }
            client = try ServerClient(url: url)
        }

        /// Nothing is signed of what has no digest, or was not checked.
        func signed(_ reports: [AdmissionReport]) throws(Failure) -> [Outcome] {
            func isSigned(_ report: AdmissionReport) -> Bool { !report.digest.isEmpty && report.obstacle == nil }
            guard reports.contains(where: isSigned) else {
                return reports.map { Outcome(report: $0.json, attestation: nil) }
            }
            let signer = if let key { try keys.signingKey(key) } else { try keys.serverKey() }
            var outcomes: [Outcome] = []
            for report in reports {
                let attestation = isSigned(report) ? try report.signed(by: [signer]).json : nil
                outcomes.append(Outcome(report: report.json, attestation: attestation))
            }
            return outcomes
        }

        func write(_ outcomes: [Outcome]) throws(Failure) {
            guard let folder else { return }
            for outcome in outcomes {
                guard let attestation = outcome.attestation, let digest = outcome.report["digest"]?.string else {
                    continue
                }
                try write(attestation.encoded(), "\(folder)/\(digest.dropFirst("sha256:".count)).json")
            }
        }

        private func write(_ bytes: [UInt8], _ path: String) throws(Failure) {
            let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard file >= 0 else {
                throw Failure(.failedPrecondition, "\(path): \(String(cString: strerror(errno)))")
            }
            let isWhole = Glibc.write(file, bytes, bytes.count) == bytes.count
            guard Glibc.close(file) == 0, isWhole else {
                throw Failure(.failedPrecondition, "\(path): \(String(cString: strerror(errno)))")
            }
        }
    }
}
