import JSON

/// A report for people.
struct CheckPage {
    private let report: JSONValue

    /// - Parameter report: As it is signed.
    init(_ report: JSONValue) { self.report = report }

    var text: String {
        let verdict =
            switch report["verdict"]?.string {
            case "passed": "passed"
            case "rejected": "REJECTED"
            default: "could not be checked: \(report.words("obstacle"))"
            }
        var text = "\(report.words("environment"))  \(verdict)\n"
        for finding in report["findings"]?.array ?? [] {
            text += "  \(finding.words("severity").padded(7))  \(finding.words("code"))\n"
            for line in finding.words("evidence").split(separator: "\n") { text += "           \(line)\n" }
            text += "           to mend: \(finding.words("mend"))\n"
        }
        let measured = figures
        if !measured.isEmpty { text += "  measured\n" + measured.map { "           \($0)\n" }.joined() }
        let notCovered = (report["not_covered"]?.array ?? []).compactMap(\.string)
        if !notCovered.isEmpty {
            text += "  not covered\n" + notCovered.map { "           \($0)\n" }.joined()
        }
        return text
    }

    private var figures: [String] {
        (report["measured"]?.object ?? [:]).flatMap { name, value -> [String] in
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
