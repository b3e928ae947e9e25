import Foundations
import JSON
import Manifests
import Testing

@testable import Admission

private let plain = """
    manifest: 1
    name: corpus/Walk
    version: 1.0.0
    launch:
      process:
        worker: walk.py:Walk
    """

private func judge(_ more: String = "") throws -> ProbeJudge {
    ProbeJudge(manifest: try Manifest(parsing: plain + "\n" + more))
}

private func codes(_ findings: [Finding]) -> [FindingCode] { findings.map(\.code) }

@Test func `facts that say nothing find nothing, whatever their form`() throws {
    let judge = try judge()
    for look in Look.allCases {
        for facts: JSONValue in [[:], .null, [], "text", ["rows": "x", "tried": [1, [:]], "agents": [], "left": 3]] {
            let found = codes(judge.findings(of: look, facts))
            #expect(found.isEmpty || (look == .start && found == [.agentsDiffer]), "\(look) \(facts)")
        }
    }
}

@Test func `an action that goes through the worker weighs more than one below its own check`() throws {
    let judge = try judge()
    let through: JSONValue = ["tried": [["action": "NaN", "through": "worker", "reward": 0]]]
    let below: JSONValue = ["tried": [["action": "NaN", "through": "environment", "reward": 0]]]
    let refused: JSONValue = ["tried": [["action": "NaN", "through": "worker", "refused": "ValueError"]]]
    #expect(judge.findings(of: .invalid, through).map(\.severity) == [.error])
    #expect(judge.findings(of: .invalid, below).map(\.severity) == [.warning])
    #expect(judge.findings(of: .invalid, refused).isEmpty)
    let paid: JSONValue = ["tried": [["action": "3", "through": "worker", "reward": 1]]]
    #expect(codes(judge.findings(of: .invalid, paid)) == [.actionAbsorbed, .rewardForInvalidAction])
}

@Test func `a limit is told from a termination only by many agents with one length`() throws {
    func facts(_ lengths: [[Int64]], _ end: JSONValue) -> JSONValue {
        var agents: JSONValue = [:]
        for (place, lengths) in lengths.enumerated() {
            agents["agent\(place)"] = [
                "lengths": .array(lengths.map { .integer($0) }), "ends": .array(lengths.map { _ in end }),
            ]
        }
        return ["agents": agents]
    }
    let judge = try judge()
    let same: [[Int64]] = [[40, 40, 40], [40, 40, 40], [40, 40, 40]]
    #expect(codes(judge.findings(of: .agents, facts(same, "terminated"))) == [.limitAsTermination])
    #expect(judge.findings(of: .agents, facts(same, "truncated")).isEmpty)
    #expect(codes(judge.findings(of: .agents, facts(same, "cut"))) == [.neverEnds])
    #expect(judge.findings(of: .agents, facts([[40, 40, 40], [40, 40, 39], [40, 40, 40]], "terminated")).isEmpty)
    let short: [[Int64]] = [[1, 1, 1], [1, 1, 1], [1, 1, 1]]
    #expect(judge.findings(of: .agents, facts(short, "terminated")).isEmpty)
}

@Test func `shared random generators are an error where sessions share a process`() throws {
    let facts: JSONValue = ["difference": 3, "difference_isolated": .null]
    #expect(try judge().findings(of: .instances, facts).map(\.severity) == [.warning])
    let sharing = ProbeJudge(
        manifest: try Manifest(parsing: plain + "\n    sessions_per_worker: 4"))
    #expect(sharing.findings(of: .instances, facts).map(\.severity) == [.error])
    #expect(codes(try judge().findings(of: .instances, ["difference": 3, "difference_isolated": 3])) == [.sharedState])
    #expect(try judge("nondeterministic: true").findings(of: .instances, facts).isEmpty)
}

@Test func `memory grows where it goes on growing, not where a cache fills up`() {
    func rows(_ memory: [Int]) -> JSONValue {
        ["rows": .array(memory.map { ["memory": .integer(Int64($0)), "files": 5, "threads": 1, "children": 0] })]
    }
    let base = 50 << 20
    #expect(codes(GrowthJudge.findings(rows((0..<60).map { base + $0 * 200_000 }))) == [.memoryGrows])
    #expect(GrowthJudge.findings(rows((0..<60).map { base + min($0, 15) * 1_000_000 })).isEmpty)
    #expect(GrowthJudge.findings(rows((0..<60).map { base + ($0 > 40 ? 8_000_000 : 0) })).isEmpty)
    #expect(GrowthJudge.findings(rows((0..<4).map { base + $0 * 90_000_000 })).isEmpty)
    let files: JSONValue = [
        "rows": .array((0..<40).map { ["memory": 0, "files": .integer(5 + $0), "threads": 1, "children": 0] })
    ]
    #expect(codes(GrowthJudge.findings(files)) == [.filesGrow])
}

@Test func `findings of one code become one, with three pieces of evidence and the heaviest severity`() {
    var list = FindingList()
    list.add(Finding(.licenseMissing, "a"))
    list.add(Finding(.globalRandom, "1"))
    for text in ["2", "3", "4"] { list.add(Finding(.globalRandom, text, severity: .error)) }
    #expect(list.sorted.map(\.code) == [.globalRandom, .licenseMissing])
    #expect(list.sorted[0].evidence == "1\n2\n3" && list.sorted[0].severity == .error)
}

@Test(arguments: [
    ("timeout", SessionProblem.Call.step, FindingCode.stepTooSlow), ("timeout", .reset, .resetTooSlow),
    ("timeout", .start, .startTooSlow), ("out_of_memory", .step, .memoryExceeded), ("pids", .step, .processesExceeded),
    ("worker_exited", .start, .startFailed), ("worker_exited", .step, .workerExited),
])
func `the end of a session says what was exceeded`(
    reason: String, call: SessionProblem.Call, code: FindingCode
) {
    let failure = Failure(.sessionFailed, "it failed", details: ["reason": reason])
    #expect(SessionProblem.finding(failure, during: call)?.code == code)
}

@Test func `failures of the machine are no findings`() {
    for code: Failure.Code in [.sandboxUnavailable, .unavailable, .resourceExhausted, .internal] {
        #expect(SessionProblem.finding(Failure(code, "not here"), during: .start) == nil)
    }
}

@Test func `a first reset that fails is no failed start`() {
    let failure = SessionProblem.ofFirstReset(
        Failure(.deadlineExceeded, "the worker gave no answer in time", details: ["reason": "timeout"]))
    #expect(SessionProblem.finding(failure, during: .start)?.code == .resetTooSlow)
}

@Test func `every variant has another digest than the version, and forks share the plain one's`() throws {
    let manifest = try Manifest(parsing: plain)
    let entry = ManifestFolder.Entry(
        manifest: manifest, directory: "/", digest: String(repeating: "a", count: 64))
    let variants = try Variants(entry, stepTime: .seconds(5))
    func digest(_ kind: Variants.Kind) throws -> String { try variants.folder.resolve(Variants.reference(kind)).digest }
    #expect(try digest(.snapshot) == digest(.plain))
    let others = try [Variants.Kind.plain, .fresh, .otherHashes, .probe].map(digest)
    #expect(Set(others + [entry.digest]).count == 5)
    #expect(!variants.fixesHashes)
    let probe = try variants.folder.resolve(Variants.reference(.probe)).manifest
    #expect(probe.launches[0].program == .worker("corral.worker.probe:ProbeWorker"))
    #expect(probe.launches[0].config["entry"] == "walk.py:Walk")
}
