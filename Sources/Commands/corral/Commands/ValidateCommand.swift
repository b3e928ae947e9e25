import Arguments
import Configuration
import Foundations
import Glibc
import JSON
import Manifests
import Sessions

/// `corral env validate`.
enum ValidateCommand {
    static let declaration = Command(
        "validate", "Check manifests, and with --run the environments themselves.",
        discussion: """
            Takes files, or folders that are searched for environment.yaml. With --run every environment is started in \
            its sandbox: its spaces, rewards and frames are checked against the manifest while sampled actions are \
            taken, and the same seed has to give the same trajectory.

            The exit status is 2 where a manifest is wrong, 5 where an environment is.
            """,
        options: [
            .flag("run", "Also start each environment and take sampled actions."),
            .value("steps", "NUMBER", fallback: "50", "How many actions to take."),
            .value("seed", "NUMBER", fallback: "1", "Seeds the environment and the actions."),
        ] + ServerKeys.flagsOfOneCommand.filter { $0.name != ServerKeys.environments.declaration.name },
        positionals: [.init("PATH", .some, completion: .files, "Manifests, or folders of them.")])

    /// The outcome for one manifest.
    private struct Outcome {
        let name: String
        var checks: [EnvironmentTrial.Check]

        var isFine: Bool { checks.allSatisfy(\.isFine) }

        var json: JSONValue {
            [
                "name": .string(name), "fine": .bool(isFine),
                "checks": .array(
                    checks.map {
                        ["name": .string($0.name), "fine": .bool($0.isFine), "text": .string($0.text)]
                    }),
            ]
        }

        var text: String {
            name + "\n"
                + checks.map { check in
                    let lines = check.text.split(separator: "\n").joined(separator: "\n       ")
                    return "  \(check.isFine ? "ok  " : "BAD ") \(check.name): \(lines)\n"
                }.joined()
        }
    }

    static func run(_ invocation: Invocation) async throws(Failure) {
        let steps = try invocation.integer("steps", in: 1...1_000_000) ?? 50
        let seed = try invocation.integer("seed", in: 0...Int.max) ?? 1
        var isManifestWrong = false
        var outcomes: [Outcome] = []
        for path in invocation.arguments("PATH") {
            let folder = try load(path)
            outcomes += folder.problems.map { problem in
                let text = problem.next.isEmpty ? problem.message : "\(problem.message)\n\(problem.next)"
                return Outcome(name: path, checks: [.init(name: "manifest", isFine: false, text: text)])
            }
            isManifestWrong = isManifestWrong || !folder.problems.isEmpty
            for entry in folder.entries {
                var outcome = Outcome(name: "\(entry.manifest.reference)", checks: EnvironmentTrial.staticChecks(entry))
                if invocation.flag("run"), outcome.isFine {
                    outcome.checks += try await trials(entry, invocation, steps: steps, seed: Int64(seed))
                }
                outcomes.append(outcome)
            }
        }
        if invocation.flag("json") {
            printJSON(["fine": .bool(outcomes.allSatisfy(\.isFine)), "environments": .array(outcomes.map(\.json))])
        } else {
            for outcome in outcomes { Output.standard.write(outcome.text) }
        }
        let bad = outcomes.count { !$0.isFine }
        guard bad > 0 else { return }
        throw Failure(
            isManifestWrong ? .invalidArgument : .environmentError,
            "\(bad) of \(outcomes.count) environments \(bad == 1 ? "is" : "are") not valid",
            next: "mend what is marked BAD")
    }

    private static func load(_ path: String) throws(Failure) -> ManifestFolder {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw Failure(.notFound, "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            do throws(Failure) {
                let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
                let entry = ManifestFolder.Entry(manifest: try Manifest(file: path), directory: directory, digest: "")
                return ManifestFolder([entry])
            } catch { return ManifestFolder([], problems: [error]) }
        }
        let folder = try VersionDigest.load([path])
        guard !folder.entries.isEmpty || !folder.problems.isEmpty else {
            throw Failure(
                .notFound, "there is no \(Manifest.fileName) in \(path)",
                next: "name a folder with manifests, or a file")
        }
        return folder
    }

    private static func trials(
        _ entry: ManifestFolder.Entry, _ invocation: Invocation, steps: Int, seed: Int64
    ) async throws(Failure) -> [EnvironmentTrial.Check] {
        var flags = invocation.givenOptions
        flags[ServerKeys.environments.declaration.name] = [entry.directory]
        flags[ServerKeys.logLevel.declaration.name] = flags[ServerKeys.logLevel.declaration.name] ?? ["error"]
        let configuration = try Configuration.read(invocation, flags: flags, table: ServerKeys.forOneCommand)
        let result = await cancelledBySignals { () -> Result<[EnvironmentTrial.Check], Failure> in
            do throws(Failure) {
                let server = try await PrivateServer.start(configuration)
                let checks = await EnvironmentTrial(entry, server.client, steps: steps, seed: seed).run()
                await server.stop()
                return .success(checks)
            } catch { return .failure(error) }
        }
        return try result.get()
    }
}
