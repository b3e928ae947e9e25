import Arguments
import Configuration
import Foundations
import Signing
import Trajectories

/// `corral certify`.
enum CertifyCommand: Subcommand {
    static let declaration = Command(
        "certify", "Replay a trajectory, and sign that its version, seed and calls give exactly it.",
        discussion: """
            The certificate is an in-toto statement in a DSSE envelope, signed with Ed25519: it names the version's \
            digest, instance, parameters, seed, calls and the trajectory's hash. It is given only where the replay on \
            the recorded version is identical, bit by bit. `corral verify` checks it.
            """,
        options: [
            .value("key", "NAME", fallback: KeyStore.defaultName, "The key to sign with, of `corral key list`."),
            .value("output", short: "o", "FILE", completion: .files, "Where to; otherwise standard output."),
        ] + ReplayServer.options,
        positionals: [
            .init("TRAJECTORY", .required, completion: .files, "The id of a trajectory on the server, or a file.")
        ])

    static func run(_ invocation: Invocation) async throws(Failure) {
        let store = try Configuration.read(invocation, table: ServerKeys.forOneCommand).keyStore
        let name = invocation.text("key") ?? KeyStore.defaultName
        let key = name == KeyStore.defaultName ? try store.serverKey() : try store.signingKey(name)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let source = try await TrajectorySource.open(invocation, in: folder)
        let file = source.file
        guard !file.header.isNondeterministic else {
            throw Failure(
                .failedPrecondition, "\(file.header.reference) is nondeterministic: nothing can be certified of it")
        }
        guard file.verify().isIntact else {
            throw Failure(
                .failedPrecondition, "the trajectory is not intact",
                next: "see `corral trajectory verify \(source.name)`")
        }
        let calls = CallScript(try await source.calls())
        let (report, backend) = try await ReplayServer.with(invocation) { (client) async throws(Failure) in
            let (recording, stopped) = try await ReplayRun(client: client, folder: folder)
                .run(calls, on: ReplayRun.Target(file.header))
            return (try ReplayReport(file, against: recording, stopped: stopped), recording.header.backend)
        }
        guard report.isIdentical, report.hasSameDigest else {
            let place = report.first.map { " from record \($0.index) on" } ?? ""
            throw Failure(
                .failedPrecondition, "the replay is not identical\(place): there is nothing to certify",
                next: "`corral replay \(source.name)` tells what differs")
        }
        let certificate = ReplayCertificate(
            file.header, hash: report.hash, records: report.compared, calls: calls, backend: backend,
            program: "corral \(Version.current)")
        let envelope = try certificate.statement().signed(by: [key])
        let output = try ExportOutput(invocation.text("output"))
        try output.write(envelope.json.prettyEncoded())
        try output.finish()
        if let path = invocation.text("output") {
            Output.standard.write("\(report.compared) records, identical; signed with \(key.verifying.id): \(path)\n")
        }
    }
}
