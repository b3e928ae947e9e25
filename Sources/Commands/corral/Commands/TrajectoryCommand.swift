import Arguments
import Digest
import Foundations
import JSON
import Trajectories

/// `corral trajectory …`.
enum TrajectoryCommand: Subcommand {
    private static let trajectory = Positional(
        "TRAJECTORY", .required, completion: .files, "The id of a trajectory on the server, or a file.")

    static let declaration = Command(
        "trajectory", "Look at recorded trajectories, check and export them.",
        options: [
            .value(
                "url", "URL",
                "The server: http://HOST:PORT, https://HOST:PORT or unix:///PATH; otherwise CORRAL_URL, otherwise \(ServerURL.standard)."
            ),
            .flag("json", "Print JSON."),
        ],
        subcommands: [
            Command(
                "list", "List the trajectories of a server, oldest first.",
                options: [
                    .value(
                        "state", "STATE", completion: .choices(TrajectoryFilter.states), "Only those in this state."),
                    .value("environment", "NAME", "Only those of this environment."),
                    .value("label", "KEY[=VALUE]", "Only those with this label."),
                ]),
            Command(
                "show", "Show what a trajectory is of, or some of its records.",
                options: [
                    .value("from", "INDEX", "Print records from this one."),
                    .value("to", "INDEX", "Print records before this one."),
                ], positionals: [trajectory]),
            Command(
                "export", "Write a trajectory to a file: as it is, or as JSON lines.",
                options: [
                    .value(
                        "format", short: "f", "FORMAT", fallback: "jsonl", completion: .choices(["jsonl", "file"]),
                        "jsonl: a line for the header and one for each record; file: the trajectory itself."),
                    .value("output", short: "o", "FILE", completion: .files, "Where to; otherwise standard output."),
                ], positionals: [trajectory]),
            Command(
                "import", "Make a trajectory file of the JSON lines that an export wrote.",
                options: [
                    .value("output", short: "o", "FILE", completion: .files, "The file; otherwise ID.ctraj here."),
                    .value("hash", "SHA256", "What the trajectory's hash has to be."),
                ], positionals: [.init("FILE", .required, completion: .files, "JSON lines.")]),
            Command(
                "verify", "Check all of a trajectory: seals, the hash chain, index and end.",
                discussion: """
                    Nothing is run: the file alone shows whether it was changed, and in which chunk. That the \
                    environment really gave these observations is what `corral replay` checks.
                    """,
                options: [.value("hash", "SHA256", "What the trajectory's hash has to be.")],
                positionals: [trajectory]),
            Command(
                "delete", "Remove trajectories from a server.",
                positionals: [.init("ID", .some, "The ids of trajectories.")]),
        ])

    static func run(_ invocation: Invocation) async throws(Failure) {
        switch invocation.path.last {
        case "list": try await list(invocation)
        case "show": try await show(invocation)
        case "export": try await export(invocation)
        case "import": try importLines(invocation)
        case "verify": try await verify(invocation)
        default: try await delete(invocation)
        }
    }

    private static func client(_ invocation: Invocation) throws(Failure) -> ServerClient {
        try ServerClient(url: try ServerURL.given(invocation) ?? ServerURL.standard)
    }

    private static func list(_ invocation: Invocation) async throws(Failure) {
        let client = try client(invocation)
        var trajectories: [JSONValue] = []
        var cursor: String?
        repeat {
            let page = try await client.json(
                "GET",
                ServerClient.target(
                    ["v1", "trajectories"],
                    query: [
                        ("state", invocation.text("state")), ("environment", invocation.text("environment")),
                        ("label", invocation.text("label")), ("cursor", cursor), ("limit", "1000"),
                    ]))
            trajectories += page["trajectories"]?.array ?? []
            cursor = page["next"]?.string
        } while cursor != nil
        guard !invocation.flag("json") else { return printJSON(["trajectories": .array(trajectories)]) }
        guard !trajectories.isEmpty else { return Output.standard.write("no trajectories\n") }
        var table = Table(
            columns: [
                ("id", .left), ("environment", .left), ("state", .left), ("records", .right), ("episodes", .right),
                ("bytes", .right), ("created", .left),
            ])
        table.rows = trajectories.map { trajectory in
            ["id", "environment", "state", "records", "episodes", "bytes", "created_at"].map { trajectory.words($0) }
        }
        Output.standard.write(table.text)
    }

    private static func show(_ invocation: Invocation) async throws(Failure) {
        try await TrajectorySource.with(invocation) { (file) throws(Failure) in
            let from = try invocation.integer("from", in: 0...Int.max)
            let to = try invocation.integer("to", in: 0...Int.max)
            if from != nil || to != nil {
                let range = (from ?? 0)..<max(from ?? 0, to ?? .max)
                return try file.read(range) { (record) throws(Failure) in
                    Output.standard.write(String(decoding: try record.json(), as: UTF8.self) + "\n")
                }
            }
            var shown = TrajectorySummary(file).json
            for (key, value) in file.header.json.object ?? [:] where shown[key] == nil { shown[key] = value }
            shown["chunks"] = .integer(Int64(file.chunkCount))
            guard !invocation.flag("json") else { return printJSON(shown) }
            let hidden: Set = ["observation_space", "action_space", "format"]
            let rows = (shown.object ?? [:]).filter { !hidden.contains($0.key) && !$0.value.isNull && $0.value != [:] }
            Output.standard.write(described(rows.map { (name: $0.key, value: shown.words($0.key)) }))
        }
    }

    private static func export(_ invocation: Invocation) async throws(Failure) {
        try await TrajectorySource.with(invocation) { (file) throws(Failure) in
            let output = try ExportOutput(invocation.text("output"))
            if invocation.text("format") == "file" {
                for start in stride(from: 0, to: file.size, by: 1 << 20) {
                    try output.write(try file.raw(start..<min(start + 1 << 20, file.size)))
                }
            } else {
                try output.write(file.header.json.encoded() + [UInt8(ascii: "\n")])
                try file.read { (record) throws(Failure) in try output.write(try record.json() + [UInt8(ascii: "\n")]) }
            }
            try output.finish()
        }
    }

    private static func importLines(_ invocation: Invocation) throws(Failure) {
        let lines = try TrajectoryImport.lines(of: invocation.argument("FILE") ?? "")
        let id = lines.split(separator: UInt8(ascii: "\n"), maxSplits: 1).first
            .flatMap { try? JSONValue(parsing: Array($0)) }?["id"]?.string
        guard let id, UniqueID(id) != nil else {
            throw Failure(.invalidArgument, "the first line is no header of a trajectory of a session: it has no id")
        }
        let path = invocation.text("output") ?? "\(id).ctraj"
        let end = try TrajectoryImport.run(lines, to: path, expecting: try hash(invocation))
        if invocation.flag("json") { return printJSON(TrajectorySummary(try TrajectoryFile(path)).json) }
        Output.standard.write("\(path): \(end.records) records\nhash \(end.hash.hex)\n")
    }

    /// - Throws: `invalid_argument` where the option is no SHA-256.
    private static func hash(_ invocation: Invocation) throws(Failure) -> Digest32? {
        guard let text = invocation.text("hash") else { return nil }
        guard let digest = Digest32(hex: text) else {
            throw Failure(.invalidArgument, "--hash: `\(text.prefix(80))` is no SHA-256", next: "give 64 digits")
        }
        return digest
    }

    private static func verify(_ invocation: Invocation) async throws(Failure) {
        let hash = try hash(invocation)
        try await TrajectorySource.with(invocation) { (file) throws(Failure) in
            let report = file.verify(against: hash)
            if invocation.flag("json") {
                printJSON(report.json)
            } else {
                let kind = report.isRecomputed ? "every link was recomputed" : "digests of observations only"
                Output.standard.write(
                    "\(report.records) records in \(report.chunks) chunks; \(kind)\nhash \(report.hash.hex)\n")
                for problem in report.problems {
                    let place = problem.chunk.map { chunk in
                        "chunk \(chunk)"
                            + (problem.records.map { " (records \($0.lowerBound) to \($0.upperBound - 1))" } ?? "")
                    }
                    Output.standard.write("\(place ?? "the file"): \(problem.text)\n")
                }
            }
            guard report.isIntact else {
                throw Failure(
                    .failedPrecondition, "the trajectory is not intact",
                    next: "take the file from where it was recorded")
            }
        }
    }

    private static func delete(_ invocation: Invocation) async throws(Failure) {
        let client = try client(invocation)
        for id in invocation.arguments("ID") {
            _ = try await client.json("DELETE", ServerClient.target(["v1", "trajectories", id]))
            if !invocation.flag("json") { Output.standard.write("\(id) deleted\n") }
        }
        if invocation.flag("json") {
            printJSON(["deleted": .array(invocation.arguments("ID").map(JSONValue.string))])
        }
    }
}
