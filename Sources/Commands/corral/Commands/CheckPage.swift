import Admission
import JSON

/// A report for people.
struct CheckPage {
    private let report: AdmissionReport

    init(_ report: AdmissionReport) { self.report = report }

    var text: String {
        let verdict =
            switch report.verdict {
            case .passed: "passed"
            case .rejected: "REJECTED"
            case .notChecked: "could not be checked: \(report.obstacle ?? "")"
            }
        var text = "\(report.reference)  \(verdict)\n"
        for finding in report.findings {
            text += "  \(finding.severity.rawValue.padded(7))  \(finding.code.rawValue)\n"
            for line in finding.evidence.split(separator: "\n") { text += "           \(line)\n" }
            text += "           to mend: \(finding.code.mend)\n"
        }
        let measured = figures
        if !measured.isEmpty { text += "  measured\n" + measured.map { "           \($0)\n" }.joined() }
        if !report.notCovered.isEmpty {
            text += "  not covered\n" + report.notCovered.map { "           \($0)\n" }.joined()
        }
        return text
    }

    private var figures: [String] {
        report.measured.flatMap { name, value -> [String] in
            let title = String(name.map { $0 == "_" ? " " : $0 })
            guard name == "baseline" else { return ["\(title): \(value)"] }
            return (value.object ?? [:]).map { agent, row in
                "return of `\(agent)`: mean \(row["mean_return"] ?? .null), from \(row["least"] ?? .null) to "
                    + "\(row["most"] ?? .null), over \(row["episodes"] ?? .null) episodes"
            }
        }
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
