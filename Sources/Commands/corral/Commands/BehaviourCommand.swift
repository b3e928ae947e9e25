import Arguments
import Configuration
import Foundations
import Glibc
import JSON
import Manifests
import Sessions
import Trajectories

/// `corral behaviour`.
enum BehaviourCommand: Subcommand {
    static let declaration = Command(
        "behaviour", "Replay what was recorded on one version on another, and tell which number that one needs.",
        discussion: """
            A patch release has to be identical. A minor release may change observations and info, but neither rewards \
            nor when episodes end. Anything else is a major release. The exit status is 4 where the new version's \
            number promises more than it keeps; with --force-major it is 0, and the number that it must have is told.
            """,
        options: [
            .flag("force-major", "Do not fail: only tell the number that the new version must have."),
            .value("limit", "NUMBER", fallback: "100", "The most trajectories to replay, newest first."),
            .value("tolerance", "NUMBER", "How far numbers may be apart; needed for nondeterministic environments."),
            .flag("json", "Print JSON."),
        ] + ServerKeys.flagsOfOneCommand,
        positionals: [
            .init(
                "OLD", .required, completion: .files,
                "A version whose trajectories are in the data folder, or a folder or file of trajectories."),
            .init("NEW", .required, completion: .files, "The new version: a reference, or the folder of its manifest."),
        ])

    static func run(_ invocation: Invocation) async throws(Failure) {
        let files = try recorded(invocation)
        let new = invocation.argument("NEW") ?? ""
        let isFolder = access("\(new)/environment.yaml", F_OK) == 0
        let reference = isFolder ? try manifestReference(new) : new
        let tolerance = try invocation.number("tolerance")
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let report = try await ReplayServer.with(invocation, environments: isFolder ? [new] : []) {
            (client) async throws(Failure) in
            try await compare(files, with: reference, tolerance: tolerance, client, folder)
        }
        if invocation.flag("json") { printJSON(report.json) } else { Output.standard.write(words(report)) }
        guard report.trajectories > 0 else {
            throw Failure(.failedPrecondition, "no trajectory could be replayed", next: "record some: --record full")
        }
        guard report.isAllowed || invocation.flag("force-major") else {
            throw Failure(
                .failedPrecondition, "\(report.new) changes more than its number says",
                next: report.required.map { "call it \($0), or a later number of that kind" }
                    ?? "give it a higher number")
        }
    }

    private static func compare(
        _ files: [TrajectoryFile], with reference: String, tolerance: Double?, _ client: ServerClient,
        _ folder: TemporaryFolder
    ) async throws(Failure) -> BehaviourReport {
        let environment = try await client.json("GET", ServerClient.target(["v1", "environments", reference]))
        var report = BehaviourReport(
            old: files.first?.header.reference ?? "", new: environment["reference"]?.string ?? reference)
        for file in files {
            guard tolerance != nil || !file.header.isNondeterministic else {
                report.skip(file.header.id, "the environment is nondeterministic, and no tolerance was given")
                continue
            }
            do throws(Failure) {
                let calls = try TrajectoryLineage.calls(of: file) { (id) throws(Failure) in
                    try file.beside(id)
                }
                report.add(
                    try await ReplayCommand.replay(
                        file, CallScript(calls), on: reference, tolerance: tolerance ?? 0, client, folder))
            } catch { report.skip(file.header.id, "\(error)") }
        }
        return report
    }

    /// The trajectories of `OLD`, newest first.
    private static func recorded(_ invocation: Invocation) throws(Failure) -> [TrajectoryFile] {
        let old = invocation.argument("OLD") ?? ""
        let limit = try invocation.integer("limit", in: 1...1_000_000) ?? 100
        if old.hasSuffix(".ctraj") { return [try TrajectoryFile(old)] }
        let isPath = access(old, F_OK) == 0
        let data = try Configuration.read(invocation, table: ServerKeys.forOneCommand)[ServerKeys.data]
        let found = try TrajectoryFile.all(in: isPath ? old : data + "/trajectories") { header in
            isPath || header.reference == old || header.reference.prefix { $0 != "@" } == old[...]
        }
        guard let newest = found.last else {
            throw Failure(
                .notFound, "there are no trajectories of \(old)",
                next: "record some with `corral serve --record full`, or name a folder of files")
        }
        // Of one version: the newest that there is.
        return found.filter { $0.header.reference == newest.header.reference }.suffix(limit).reversed()
    }

    private static func manifestReference(_ folder: String) throws(Failure) -> String {
        let loaded = try VersionDigest.load([folder])
        if let problem = loaded.problems.first { throw problem }
        guard let entry = loaded.entries.first, loaded.entries.count == 1 else {
            throw Failure(.invalidArgument, "\(folder) does not hold exactly one environment")
        }
        return "\(entry.manifest.reference)"
    }

    private static func words(_ report: BehaviourReport) -> String {
        var lines = [
            "\(report.old) → \(report.new): \(report.identical) of \(report.trajectories) trajectories identical (\(report.records) records)"
        ]
        for aspect in RecordDifference.Aspect.allCases.reversed() {
            guard let witness = report.witnesses[aspect] else { continue }
            let difference = witness.step.differences.first { $0.aspect == aspect }
            lines.append(
                "\(aspect.rawValue) changed: trajectory \(witness.trajectory), record \(witness.step.index), "
                    + "\(difference?.pointer ?? ""): was \(difference?.expected ?? .null), is \(difference?.actual ?? .null)"
            )
        }
        for skipped in report.skipped { lines.append("not replayed: \(skipped.trajectory): \(skipped.reason)") }
        let number = report.required.map { ", \($0) or later" } ?? ""
        lines.append(
            "demanded: \(report.demanded.rawValue)\(number); declared: \(report.declared?.rawValue ?? "nothing higher")"
        )
        return lines.map { $0 + "\n" }.joined()
    }
}
