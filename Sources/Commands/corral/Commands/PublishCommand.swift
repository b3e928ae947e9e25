import Arguments
import Bundles
import Digest
import Foundations
import HTTPClient
import JSON
import Reactor

/// `corral publish`.
enum PublishCommand: Subcommand {
    static let declaration = Command(
        "publish", "Publish the environment in a folder as a version of the catalog.",
        discussion:
            "Packs environment.yaml and the files beside it; hidden files, __pycache__ and links are left out. "
            + "A version that was published never changes: the same folder again changes nothing.",
        options: [
            ServerURL.option, .value("reason", "TEXT", "For the history."),
            .value("alias", "NAME", "Let this alias, such as stable, name the version."),
            .value("output", "FILE", completion: .files, "Only write the bundle into a file."),
            .flag("json", "Print JSON."),
        ],
        positionals: [.init("DIR", .required, "The folder of the environment.")])

    static func run(_ invocation: Invocation) async throws(Failure) {
        let folder = invocation.argument("DIR") ?? ""
        let bundle = try await offload { () throws(Failure) in
            let bundle = try Bundle(packing: folder)
            try bundle.checkPublishable()
            return bundle
        }
        if let path = invocation.text("output") {
            try await offload { () throws(Failure) in try bundle.save(to: path) }
            return Output.standard.write("sha256:\(bundle.digest)\n")
        }
        let client = try ServerClient(url: try ServerURL.given(invocation) ?? ServerURL.standard)
        try await Upload(bundle.bytes, digest: bundle.digest, to: client).run()
        let version = try await client.json(
            "POST", "/v1/environments",
            body: ["bundle": .string("sha256:\(bundle.digest)"), "reason": .string(invocation.text("reason") ?? "")])
        if let alias = invocation.text("alias") {
            _ = try await client.json(
                "POST", ServerClient.target(["v1", "environments", "\(bundle.manifest.name)", "aliases"]),
                body: ["alias": .string(alias), "version": .string("\(bundle.manifest.version)")])
        }
        guard !invocation.flag("json") else { return printJSON(version) }
        var rows: [(name: String, value: String)] = [
            ("published", version.words("reference")), ("digest", version.words("digest")),
            ("bundle", "\(version.words("bundle")), \(bundle.bytes.count) bytes, \(bundle.files.count) files"),
            ("state", version.words("state")),
        ]
        if let check = version["check"] {
            let state = check["verdict"]?.string ?? check.words("state")
            rows.append(("checks", "\(state); `corral check \(version.words("reference")) --url URL` waits for them"))
        }
        Output.standard.write(described(rows))
    }
}

/// The upload of one blob: goes on where an earlier one ended, and repeats a part that was lost.
private struct Upload {
    private let bytes: [UInt8]
    private let digest: String
    private let client: ServerClient

    /// Of one request, in bytes.
    private static let part = 4 << 20

    init(_ bytes: [UInt8], digest: String, to client: ServerClient) {
        self.bytes = bytes
        self.digest = digest
        self.client = client
    }

    func run() async throws(Failure) {
        let status = try await client.json(
            "POST", "/v1/uploads",
            body: ["digest": .string("sha256:\(digest)"), "size": .integer(Int64(bytes.count))])
        if status["complete"] == true { return }
        guard let id = status["id"]?.string, var offset = status["offset"]?.integer.map({ Int($0) }),
            (0...bytes.count).contains(offset)
        else { throw Failure(.internal, "the server's answer to the upload is not complete") }
        var failures = 0
        while offset < bytes.count {
            let part = Array(bytes[offset..<min(bytes.count, offset + Self.part)])
            do throws(Failure) {
                let answer = try await client.send(
                    "PATCH", "/v1/uploads/\(id)", body: part, type: "application/octet-stream",
                    headers: [
                        ("Upload-Offset", "\(offset)"), ("Upload-Checksum", "sha256:\(SHA256.hash(part).hex)"),
                    ])
                offset = answer.header("Upload-Offset").flatMap { Int($0) } ?? offset + part.count
                failures = 0
            } catch {
                failures += 1
                guard failures < 5, [.unavailable, .conflict, .deadlineExceeded, .busy].contains(error.code) else {
                    throw error
                }
                let status = try await client.json("GET", "/v1/uploads/\(id)")
                guard let known = status["offset"]?.integer, (0...Int64(bytes.count)).contains(known) else {
                    throw error
                }
                offset = Int(known)
            }
        }
        _ = try await client.json("PUT", "/v1/uploads/\(id)")
    }
}
