import Foundations
import JSON
import Manifests
import Trajectories

/// Decides from what two versions answered to the same calls whether the number of the new one says enough.
struct BehaviourJudge: Sendable {
    private(set) var report: BehaviourReport
    /// Why the version may behave otherwise than its number says; nil: it may not.
    private let reason: String?
    /// Of the values in evidence, in characters.
    private static let longestValue = 120

    init(_ manifest: Manifest, after previous: Manifest) {
        report = BehaviourReport(old: "\(previous.reference)", new: "\(manifest.reference)")
        reason = manifest.behaviourChange
    }

    /// Compares the records of one trajectory.
    ///
    /// - Parameters:
    ///   - first: The index of the first of the expected records.
    ///   - ended: Why the new version has fewer; nil: it was not asked for more.
    /// - Throws: `invalid_argument` where a record cannot be read.
    mutating func add(
        _ trajectory: String, expected: [StoredRecord], actual: [StoredRecord], first: Int = 0, ended: String?
    ) throws(Failure) {
        let comparison = RecordComparison()
        var firsts: [RecordDifference.Aspect: ReplayReport.Step] = [:]
        func note(_ index: Int, _ differences: [RecordDifference]) {
            let step = ReplayReport.Step(index: index, episode: 0, differences: differences)
            for difference in differences where firsts[difference.aspect] == nil { firsts[difference.aspect] = step }
        }
        for (place, pair) in zip(expected, actual).enumerated() {
            note(first + place, try comparison.differences(pair.0, pair.1))
        }
        if actual.count < expected.count, let ended { note(first + actual.count, [.missing(ended)]) }
        report.add(trajectory, compared: min(expected.count, actual.count), firsts)
    }

    /// At most one.
    var findings: [Finding] {
        guard report.trajectories > 0, !report.isAllowed, let declared = report.declared else { return [] }
        var lines = [
            "\(report.new) follows \(report.old) as a \(declared.rawValue) release and changes what asks for a "
                + "\(report.demanded.rawValue) one: \(report.required ?? "a higher number")"
        ]
        for aspect in RecordDifference.Aspect.allCases.reversed() {
            guard let witness = report.witnesses[aspect],
                let difference = witness.step.differences.first(where: { $0.aspect == aspect })
            else { continue }
            let (was, now) = (Self.short(difference.expected), Self.short(difference.actual))
            lines.append(
                "\(aspect.rawValue): \(witness.trajectory), record \(witness.step.index), "
                    + "\(difference.pointer.isEmpty ? "" : difference.pointer + " ")was \(was), is \(now)")
        }
        if let reason { lines.append("declared: \(reason)") }
        let evidence = lines.joined(separator: "\n")
        return [Finding(.behaviourChanged, evidence, severity: reason == nil ? nil : .note)]
    }

    /// For the figures of a report.
    var measured: JSONValue {
        [
            "previous": .string(report.old), "trajectories": .integer(Int64(report.trajectories)),
            "identical": .integer(Int64(report.identical)), "records": .integer(Int64(report.records)),
            "demanded": .string(report.demanded.rawValue),
            "declared": report.declared.map { .string($0.rawValue) } ?? .null,
        ]
    }

    private static func short(_ value: JSONValue) -> String {
        let text = "\(value)"
        return text.count > longestValue ? text.prefix(longestValue) + "…" : text
    }
}
