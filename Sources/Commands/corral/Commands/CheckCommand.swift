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
            and what it calls. docs/admission.md explains every finding.

            The exit status is 0 where all passed, 1 where one was rejected, 2 where one could not be checked.
            """,
        options: [
            .flag("json", "Print the reports as JSON."),
            .value("budget", "SECONDS", fallback: "60", "How long the check of one environment may take."),
            .value("key", "NAME", "Sign with this key of `corral key list` [default: server]."),
            .value(
                "attest", "DIRECTORY", completion: .directories,
                "Write each signed report there: a DSSE envelope, named by the digest of the version."),
        ] + ServerKeys.flagsOfOneCommand,
        positionals: [.init("ENVIRONMENT", .some, completion: .files, "Folders with manifests, or references.")])

    static func run(_ invocation: Invocation) async throws(Failure) {
        let budget = try invocation.integer("budget", in: 1...86_400) ?? 60
        let configuration = try Configuration.read(invocation, table: ServerKeys.forOneCommand)
        let work = try await offload { () throws(Failure) in try Work(invocation, configuration) }
        var reports = work.broken
        let result = await cancelledBySignals { () -> Result<[AdmissionReport], Failure> in
            do throws(Failure) {
                guard !work.entries.isEmpty else { return .success([]) }
                let station = try await CheckStation.open(configuration)
                let reports = await check(work.entries, station.bench, .seconds(budget))
                await station.close()
                return .success(reports)
            } catch { return .failure(error) }
        }
        do throws(Failure) {
            reports += try result.get()
        } catch {
            complain(error)
            exit(AdmissionReport.Verdict.notChecked.exitStatus)
        }
        let signed = try await offload { [reports] () throws(Failure) in try work.sign(reports) }
        if invocation.flag("json") {
            printJSON(["reports": .array(zip(reports, signed).map { document($0, $1) })])
        } else {
            for report in reports { Output.standard.write(CheckPage(report).text) }
        }
        let statuses = reports.map(\.verdict.exitStatus)
        exit(statuses.contains(1) ? 1 : statuses.max() ?? 0)
    }

    private static func complain(_ failure: Failure) {
        Output.errors.write("corral: \(failure.message)\n" + (failure.next.isEmpty ? "" : "        \(failure.next)\n"))
    }

    private static func check(
        _ entries: [ManifestFolder.Entry], _ bench: CheckBench, _ budget: Duration
    ) async -> [AdmissionReport] {
        var reports: [AdmissionReport] = []
        let line = StatusLine()
        for (place, entry) in entries.enumerated() where !Task.isCancelled {
            let name = "\(entry.manifest.reference)"
            let counter = entries.count > 1 ? "[\(place + 1)/\(entries.count)] " : ""
            let check = await EnvironmentCheck(entry, on: bench, budget: budget) { progress in
                line?.show("\(counter)\(name)", progress)
            }
            reports.append(await check.run())
        }
        line?.clear()
        return reports
    }

    private static func document(_ report: AdmissionReport, _ envelope: Envelope?) -> JSONValue {
        var value = report.json
        value["attestation"] = envelope?.json ?? .null
        return value
    }

    /// What the command line asks for.
    private struct Work: Sendable {
        var entries: [ManifestFolder.Entry] = []
        /// Of manifests that cannot be read.
        var broken: [AdmissionReport] = []
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
                    let served = try Server.loadManifests(configuration, Installation.find(), configuration.logger)
                    entries.append(try served.resolve(word))
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
        }

        /// Nil for what has no digest, or was not checked.
        func sign(_ reports: [AdmissionReport]) throws(Failure) -> [Envelope?] {
            guard reports.contains(where: { !$0.digest.isEmpty && $0.obstacle == nil }) else {
                return reports.map { _ in nil }
            }
            let signer = if let key { try keys.signingKey(key) } else { try keys.serverKey() }
            var envelopes: [Envelope?] = []
            for report in reports {
                guard !report.digest.isEmpty, report.obstacle == nil else {
                    envelopes.append(nil)
                    continue
                }
                let envelope = try report.signed(by: [signer])
                envelopes.append(envelope)
                if let folder { try write(envelope, "\(folder)/\(report.digest).json") }
            }
            return envelopes
        }

        private func write(_ envelope: Envelope, _ path: String) throws(Failure) {
            let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard file >= 0 else {
                throw Failure(.failedPrecondition, "\(path): \(String(cString: strerror(errno)))")
            }
            let bytes = envelope.json.encoded()
            let isWhole = Glibc.write(file, bytes, bytes.count) == bytes.count
            guard Glibc.close(file) == 0, isWhole else {
                throw Failure(.failedPrecondition, "\(path): \(String(cString: strerror(errno)))")
            }
        }
    }
}
