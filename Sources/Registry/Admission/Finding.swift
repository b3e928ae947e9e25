import JSON

/// One thing that a check has found, with what shows it.
public struct Finding: Sendable, Hashable {
    public let code: FindingCode
    public let severity: Severity
    /// What was seen, in words: seeds, steps and values.
    public let evidence: String

    /// - Parameter severity: By default what the code weighs.
    public init(_ code: FindingCode, _ evidence: String, severity: Severity? = nil) {
        self.code = code
        self.severity = severity ?? code.severity
        self.evidence = String(evidence.prefix(2000))
    }

    public var json: JSONValue {
        [
            "code": .string(code.rawValue), "severity": .string(severity.rawValue), "evidence": .string(evidence),
            "mend": .string(code.mend),
        ]
    }
}

/// Findings as they come: several of one code become one, with the evidence of the first three.
public struct FindingList: Sendable {
    public private(set) var all: [Finding] = []
    private var seen: [FindingCode: Int] = [:]

    public init() {}

    public mutating func add(_ finding: Finding) {
        let count = seen[finding.code, default: 0]
        seen[finding.code] = count + 1
        guard let place = all.firstIndex(where: { $0.code == finding.code }) else { return all.append(finding) }
        let known = all[place]
        guard count < 3, !known.evidence.contains(finding.evidence) else { return }
        all[place] = Finding(
            finding.code, known.evidence + "\n" + finding.evidence, severity: max(known.severity, finding.severity))
    }

    public mutating func add(_ findings: [Finding]) { for finding in findings { add(finding) } }

    public func contains(_ code: FindingCode) -> Bool { seen[code] != nil }

    /// The heaviest first, otherwise in the order they came.
    public var sorted: [Finding] {
        Severity.allCases.reversed().flatMap { severity in all.filter { $0.severity == severity } }
    }
}
