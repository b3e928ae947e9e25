import Arguments
import Foundations
import Glibc
import JSON
import Sandboxes
import Trajectories

/// Where a command gets a trajectory: a file, or a server, whose file is fetched first.
enum TrajectorySource {
    /// - Parameter name: What the command was given; nil: its argument `TRAJECTORY`.
    static func with<Result>(
        _ invocation: Invocation, name: String? = nil, _ body: (TrajectoryFile) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let name = name ?? invocation.argument("TRAJECTORY") ?? ""
        guard UniqueID(name) != nil, access(name, F_OK) != 0 else { return try await body(try TrajectoryFile(name)) }
        let client = try ServerClient(url: try ServerURL.given(invocation) ?? ServerURL.standard)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        return try await body(try TrajectoryFile(try await fetch(name, from: client, into: folder)))
    }

    /// - Returns: The path of the file.
    static func fetch(
        _ id: String, from client: ServerClient, into folder: TemporaryFolder
    ) async throws(Failure) -> String {
        let path = "\(folder.path)/\(id).ctraj"
        let output = try ExportOutput(path)
        let target = ServerClient.target(["v1", "trajectories", id, "export"])
        var place = 0
        while true {
            let answer = try await client.send(
                "GET", target, accept: "application/vnd.corral.trajectory",
                headers: [("Range", "bytes=\(place)-\(place + (16 << 20) - 1)")])
            try output.write(answer.body)
            place += answer.body.count
            guard let range = answer.header("content-range"),
                let total = range.split(separator: "/").last.flatMap({ Int($0) }), place < total, !answer.body.isEmpty
            else { break }
        }
        try output.finish()
        return path
    }
}

/// A folder that a command removes when it is done.
struct TemporaryFolder: Sendable {
    let path: String

    /// - Throws: `failed_precondition`.
    init() throws(Failure) {
        var template = Array("\(environmentVariables()["TMPDIR"] ?? "/tmp")/corral-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure(.failedPrecondition, "cannot make a temporary folder: \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func remove() { FolderRemoval.remove(path) }
}

/// A file that a command writes, or standard output.
final class ExportOutput {
    private let descriptor: CInt
    private var buffer: [UInt8] = []

    /// - Parameter path: Nil: standard output.
    /// - Throws: `failed_precondition`.
    init(_ path: String?) throws(Failure) {
        guard let path else {
            descriptor = STDOUT_FILENO
            return
        }
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Failure(.failedPrecondition, "cannot write \(path): \(String(cString: strerror(errno)))")
        }
    }

    deinit { if descriptor != STDOUT_FILENO { close(descriptor) } }

    func write(_ bytes: [UInt8]) throws(Failure) {
        buffer.append(contentsOf: bytes)
        if buffer.count > 1 << 20 { try finish() }
    }

    func finish() throws(Failure) {
        var rest = buffer[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw Failure(.failedPrecondition, "cannot write: \(String(cString: strerror(errno)))")
            }
            rest = rest.dropFirst(count)
        }
        buffer = []
    }
}
