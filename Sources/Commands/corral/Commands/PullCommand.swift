import Arguments
import Bundles
import Foundations
import HTTPClient
import JSON
import Reactor

/// `corral pull`.
enum PullCommand: Subcommand {
    static let declaration = Command(
        "pull", "Fetch a version of the catalog into a folder, verified by its digest.",
        options: [ServerURL.option, .flag("json", "Print JSON.")],
        positionals: [
            .init("ENVIRONMENT", .required, "Such as ns/Name, ns/Name@^1.2 or ns/Name@sha256:…."),
            .init("DIR", .optional, "The folder to make; otherwise NAME-VERSION."),
        ])

    /// Of one request, in bytes.
    private static let part = 8 << 20

    static func run(_ invocation: Invocation) async throws(Failure) {
        let client = try ServerClient(url: try ServerURL.given(invocation) ?? ServerURL.standard)
        let reference = invocation.argument("ENVIRONMENT") ?? ""
        let (bytes, digest) = try await fetch(reference, client)
        let bundle = try await offload { () throws(Failure) in try Bundle(reading: bytes) }
        guard digest == "sha256:\(bundle.versionDigest)" else {
            throw Failure(
                .failedPrecondition, "the bytes have the digest sha256:\(bundle.versionDigest), not \(digest)",
                next: "do not use them; the server's operator can check with corral catalog fsck")
        }
        let manifest = bundle.manifest
        let folder = invocation.argument("DIR") ?? "\(manifest.name.name)-\(manifest.version)"
        try await offload { () throws(Failure) in try bundle.write(to: absolutePath(folder)) }
        guard !invocation.flag("json") else {
            return printJSON([
                "reference": .string("\(manifest.reference)"), "digest": .string(digest),
                "folder": .string(folder),
            ])
        }
        Output.standard.write(
            described([("pulled", "\(manifest.reference)"), ("digest", digest), ("folder", folder)]))
    }

    private static func fetch(
        _ reference: String, _ client: ServerClient
    ) async throws(Failure) -> (bytes: [UInt8], digest: String) {
        var bytes: [UInt8] = []
        var tag: String?
        while true {
            let answer = try await client.send(
                "GET", ServerClient.target(["v1", "environments", reference, "bundle"]), accept: "*/*",
                headers: [("Range", "bytes=\(bytes.count)-\(bytes.count + part - 1)")])
            let total = answer.header("Content-Range")?.split(separator: "/").last.flatMap { Int($0) }
            guard let total, let digest = answer.header("Corral-Version"), !answer.body.isEmpty,
                tag == nil || tag == answer.header("ETag")
            else { throw Failure(.conflict, "\(reference) changed while it was fetched", next: "pull it again") }
            tag = answer.header("ETag")
            bytes += answer.body
            if bytes.count >= total { return (bytes, digest) }
        }
    }
}
