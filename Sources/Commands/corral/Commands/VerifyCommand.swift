import Arguments
import Configuration
import Foundations
import JSON
import Signing
import Trajectories
import YAML

/// `corral verify`.
enum VerifyCommand: Subcommand {
    static let declaration = Command(
        "verify", "Check a certificate of `corral certify`: its signature, and with --replay by doing it again.",
        options: [
            .list("key", "FILE", "A public key to trust (PEM); otherwise those of `corral key list`."),
            .value("trajectory", "FILE", completion: .files, "The trajectory that it should be about."),
            .flag("replay", "Make the certified calls again and compare the hash."),
            .flag("json", "Print JSON."),
        ] + ReplayServer.options,
        positionals: [.init("CERTIFICATE", .required, completion: .files, "The file.")])

    static func run(_ invocation: Invocation) async throws(Failure) {
        let envelope = try Envelope(parsing: try YAMLNode.bytes(ofFile: invocation.argument("CERTIFICATE") ?? ""))
        let keys = try trusted(invocation)
        let certificate = try ReplayCertificate(try Statement(verifying: envelope, by: keys))
        let signers = envelope.signers(among: keys).map(\.id)
        if let path = invocation.text("trajectory") {
            let file = try TrajectoryFile(path)
            guard file.verify(against: certificate.hash).isIntact, try certificate.certifies(file) else {
                throw Failure(
                    .failedPrecondition, "\(path) is not the trajectory that was certified",
                    next: "`corral trajectory verify \(path) --hash \(certificate.hash.hex)` tells more")
            }
        }
        let isReplayed = invocation.flag("replay")
        if isReplayed { try await replay(certificate, invocation) }
        guard !invocation.flag("json") else {
            return printJSON([
                "environment": .string(certificate.environment), "digest": .string(certificate.digest),
                "records": .integer(Int64(certificate.records)), "trajectory_hash": .string(certificate.hash.hex),
                "signed_by": .array(signers.map(JSONValue.string)), "replayed": .bool(isReplayed),
            ])
        }
        Output.standard.write(
            described([
                (name: "environment", value: certificate.environment), (name: "digest", value: certificate.digest),
                (name: "seed", value: certificate.seed.map { "\($0)" } ?? "-"),
                (name: "records", value: "\(certificate.records)"), (name: "hash", value: certificate.hash.hex),
                (name: "signed by", value: signers.joined(separator: ", ")),
                (name: "replayed", value: isReplayed ? "yes, with the same hash" : "no; --replay does it"),
            ]))
    }

    private static func trusted(_ invocation: Invocation) throws(Failure) -> [VerifyingKey] {
        var keys: [VerifyingKey] = []
        for path in invocation.texts("key") {
            keys.append(try VerifyingKey(pem: String(decoding: try YAMLNode.bytes(ofFile: path), as: UTF8.self)))
        }
        guard keys.isEmpty else { return keys }
        return try Configuration.read(invocation, table: ServerKeys.forOneCommand).keyStore.list().map(\.key)
    }

    private static func replay(_ certificate: ReplayCertificate, _ invocation: Invocation) async throws(Failure) {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let recording = try await ReplayServer.with(invocation) { (client) async throws(Failure) in
            try await ReplayRun(client: client, folder: folder)
                .run(certificate.calls, on: ReplayRun.Target(certificate)).recording
        }
        guard recording.header.digest == certificate.digest else {
            throw Failure(
                .failedPrecondition, "\(certificate.environment) has another digest here than the certified version",
                next: "serve the version \(certificate.digest)")
        }
        guard try recording.lastLink() == certificate.hash else {
            throw Failure(
                .environmentError, "the replay has another hash than the certificate: \(try recording.lastLink().hex)",
                next: "`corral replay` on the certified trajectory names the step")
        }
    }
}
