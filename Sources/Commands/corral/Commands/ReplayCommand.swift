import Arguments
import Configuration
import Foundations
import JSON
import Trajectories

/// `corral replay`.
enum ReplayCommand: Subcommand {
    static let declaration = Command(
        "replay", "Make a recorded trajectory again, and name the first step that differs.",
        discussion: """
            Starts a session of the recorded version with the recorded instance, parameters and seed, makes every call \
            again, and compares what came of it bit by bit. The exit status is 5 where something differs.

            A nondeterministic environment is refused, unless --tolerance says how far its numbers may be apart.
            """,
        options: [
            .value("on", "REF", "Another version to replay on; otherwise the recorded one."),
            .value("tolerance", "NUMBER", "How far numbers of observations and rewards may be apart; otherwise 0."),
            .flag("json", "Print JSON."),
        ] + ReplayServer.options,
        positionals: [
            .init("TRAJECTORY", .required, completion: .files, "The id of a trajectory on the server, or a file.")
        ])

    static func run(_ invocation: Invocation) async throws(Failure) {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let source = try await TrajectorySource.open(invocation, in: folder)
        let tolerance = try self.tolerance(invocation, source.file)
        let calls = CallScript(try await source.calls())
        let wanted = invocation.text("on")
        let report = try await ReplayServer.with(invocation) { (client) async throws(Failure) in
            try await replay(source.file, calls, on: wanted, tolerance: tolerance, client, folder)
        }
        if invocation.flag("json") { printJSON(report.json) } else { Output.standard.write(words(report)) }
        guard report.isSame else {
            throw Failure(
                .environmentError, "the replay differs from the trajectory",
                next: "`corral trajectory show \(source.name) --from INDEX` prints what was recorded")
        }
    }

    static func replay(
        _ file: TrajectoryFile, _ calls: CallScript, on reference: String?, tolerance: Double, _ client: ServerClient,
        _ folder: TemporaryFolder
    ) async throws(Failure) -> ReplayReport {
        let (recording, stopped) = try await ReplayRun(client: client, folder: folder)
            .run(calls, on: ReplayRun.Target(file.header, on: reference))
        return try ReplayReport(file, against: recording, tolerance: tolerance, stopped: stopped)
    }

    /// - Throws: `failed_precondition` for a nondeterministic environment without a tolerance.
    private static func tolerance(_ invocation: Invocation, _ file: TrajectoryFile) throws(Failure) -> Double {
        let tolerance = try invocation.number("tolerance")
        if let tolerance, !(0...1e300).contains(tolerance) {
            throw Failure(.invalidArgument, "--tolerance: \(tolerance) is no distance")
        }
        guard tolerance != nil || !file.header.isNondeterministic else {
            throw Failure(
                .failedPrecondition,
                "\(file.header.reference) is nondeterministic: the same calls may give another trajectory",
                next: "say with --tolerance how far its numbers may be apart")
        }
        return tolerance ?? 0
    }

    private static func words(_ report: ReplayReport) -> String {
        var lines: [String] = []
        if report.recordedOn != report.replayedOn {
            lines.append("recorded on \(report.recordedOn), replayed on \(report.replayedOn)")
        } else if !report.hasSameDigest {
            lines.append("\(report.replayedOn) has another digest than when it was recorded: its files changed")
        }
        if report.isIdentical {
            lines.append("identical: \(report.compared) records, hash \(report.hash.hex)")
        } else if report.isSame {
            lines.append(
                report.tolerance > 0
                    ? "the same within \(report.tolerance): \(report.compared) records"
                    : "the same: \(report.compared) records (the version is another one, so the hash differs)")
        }
        if let first = report.first {
            lines.append("first difference at record \(first.index), episode \(first.episode):")
            for difference in first.differences {
                let place = difference.pointer.isEmpty ? "the record" : difference.pointer
                lines.append("  \(place): recorded \(difference.expected), now \(difference.actual)")
            }
            let aspects = RecordDifference.Aspect.allCases.compactMap { aspect in
                report.firsts[aspect].map { "\(aspect.rawValue) from record \($0.index)" }
            }
            lines.append("changed: \(aspects.joined(separator: ", "))")
        }
        if let stopped = report.stopped { lines.append("the replay ended early: \(stopped)") }
        return lines.map { $0 + "\n" }.joined()
    }
}
