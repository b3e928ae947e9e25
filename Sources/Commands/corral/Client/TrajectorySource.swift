import Arguments
import Foundations
import Glibc
import JSON
import Trajectories

/// A trajectory that a command was given: a file, or one of a server, whose file is fetched first.
struct TrajectorySource: Sendable {
    let name: String
    let file: TrajectoryFile
    /// Nil: it was a file.
    private let client: ServerClient?
    private let folder: TemporaryFolder

    /// - Parameter name: What the command was given; nil: its argument `TRAJECTORY`.
    static func open(
        _ invocation: Invocation, name: String? = nil, in folder: TemporaryFolder
    ) async throws(Failure) -> TrajectorySource {
        let name = name ?? invocation.argument("TRAJECTORY") ?? ""
        guard UniqueID(name) != nil, access(name, F_OK) != 0 else {
            return TrajectorySource(name: name, file: try TrajectoryFile(name), client: nil, folder: folder)
        }
        let client = try ServerClient(url: try ServerURL.given(invocation) ?? ServerURL.standard)
        let file = try TrajectoryFile(try await fetch(name, from: client, into: folder))
        return TrajectorySource(name: name, file: file, client: client, folder: folder)
    }

    static func with<Result>(
        _ invocation: Invocation, _ body: (TrajectoryFile) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        return try await body(try await open(invocation, in: folder).file)
    }

    /// Its calls, with those that its parents made before it branched off: from the server, or from files beside it.
    func calls() async throws(Failure) -> [RecordContent.Call] {
        var parents: [UniqueID: TrajectoryFile] = [:]
        var current = file
        while let id = current.header.parent, let branch = current.header.branchedAt, branch >= 0, parents[id] == nil {
            let parent: TrajectoryFile
            if let client {
                parent = try TrajectoryFile(try await Self.fetch("\(id)", from: client, into: folder))
            } else {
                parent = try file.beside(id)
            }
            parents[id] = parent
            current = parent
        }
        let known = parents
        return try TrajectoryLineage.calls(of: file) { (id) throws(Failure) in
            guard let parent = known[id] else { throw Failure(.notFound, "there is no trajectory \(id)") }
            return parent
        }
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
