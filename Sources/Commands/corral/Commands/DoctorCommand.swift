import Arguments
import Configuration
import Foundations
import JSON
import Reactor
import Sandboxes
import Sessions

/// `corral doctor`.
enum DoctorCommand: Subcommand {
    static let declaration = Command(
        "doctor", "Tell what isolation sessions really have on this machine, and why.",
        discussion: """
            Builds a sandbox and removes it, and looks at everything that sandboxes and workers need. The exit status \
            is 0 if sessions can start with limits that the kernel enforces, otherwise 6.

            With --url a running server is asked instead.
            """,
        options: [.flag("json", "Print one JSON object."), ServerURL.option] + ServerKeys.flagsOfOneCommand)

    static func run(_ invocation: Invocation) async throws(Failure) {
        var report: JSONValue
        if let url = try ServerURL.given(invocation, against: ServerKeys.flagsOfOneCommand) {
            report = try await ServerClient(url: url).json("GET", "/v1/capabilities")
        } else {
            report = try await examine(try Configuration.read(invocation, table: ServerKeys.forOneCommand))
        }
        let verdict = Verdict(report)
        report["ready"] = .bool(verdict.isReady)
        if invocation.flag("json") { printJSON(report) } else { Output.standard.write(text(report, verdict)) }
        guard verdict.isReady else {
            throw Failure(.sandboxUnavailable, verdict.text, next: verdict.next)
        }
    }

    /// Whether sessions have limits that the kernel enforces.
    private struct Verdict {
        let isReady: Bool
        let text: String
        var next = ""

        init(_ report: JSONValue) {
            let features = report["features"]?.array ?? []
            let missing: [String] = ["mount", "memory", "processes"].filter { name in
                !features.contains { $0["feature"]?.string == name && $0["active"] == true }
            }
            isReady = missing.isEmpty
            if missing.isEmpty {
                text = "sessions start, and the kernel enforces their limits"
            } else if missing.contains("mount") {
                text = "sessions have no fence here"
                next = report["backend"] == "plain" ? "use the backend process" : "see the lines marked `no` above"
            } else {
                text = "the kernel cannot enforce the limits of \(missing.joined(separator: " and ")) here"
                next = "run as root or with a delegated cgroup, or accept it with --allow-soft-limits"
            }
        }
    }

    private static func examine(_ configuration: Configuration) async throws(Failure) -> JSONValue {
        let run = try RunDirectory(data: configuration[ServerKeys.data])
        let cgroups = await offload { CgroupTree.open(server: run.server) }
        let result: Result<JSONValue, Failure>
        do throws(Failure) {
            let backends = try await Backends.make(configuration, server: run.server, run: run, cgroups: cgroups)
            result = .success(await backends.capabilities())
        } catch { result = .failure(error) }
        if case .available(let tree) = cgroups { await tree.close() }
        run.remove()
        var report = try result.get()
        report["checks"] = .array((report["checks"]?.array ?? []) + workerChecks(configuration))
        return report
    }

    /// What workers need beside a sandbox.
    private static func workerChecks(_ configuration: Configuration) -> [JSONValue] {
        let installation = Installation.find()
        func check(_ name: String, _ found: String?, _ remedy: String) -> JSONValue {
            ["name": .string(name), "fine": .bool(found != nil), "text": .string(found ?? remedy)]
        }
        let python = configuration[ServerKeys.python] ?? installation.python ?? "/usr/bin/python3"
        let isThere = isExecutable(python)
        return [
            check("python", isThere ? python : nil, "\(python) is not there; name an interpreter with --python"),
            check(
                "worker SDK", installation.sdk,
                "the Python package corral is not where the program is; install Corral again"),
            check(
                "environments", installation.manifests, "no bundled environments; serve your own with --environments"),
        ]
    }

    private static func text(_ report: JSONValue, _ verdict: Verdict) -> String {
        func rows(_ key: String, _ name: String, _ flag: String, _ text: String) -> [[String]] {
            (report[key]?.array ?? []).map { row in
                [row[flag] == true ? "yes" : "no", row[name]?.string ?? "", row[text]?.string ?? ""]
            }
        }
        var features = Table(columns: [("in force", .left), ("feature", .left), ("how, or why not", .left)])
        features.rows = rows("features", "feature", "active", "reason")
        var checks = Table(columns: [("fine", .left), ("check", .left), ("found", .left)])
        checks.rows = rows("checks", "name", "fine", "text")
        let shown = checks.rows.isEmpty ? "" : checks.text + "\n"
        let head = described([
            (name: "backend", value: report.words("backend")), (name: "isolation", value: report.words("isolation")),
        ])
        return head + "\n" + features.text + "\n" + shown + (verdict.isReady ? "Ready: \(verdict.text).\n" : "")
    }
}
