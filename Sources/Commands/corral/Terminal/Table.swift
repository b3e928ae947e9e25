/// Rows of texts in columns as wide as they need, for people.
struct Table {
    enum Alignment { case left, right }

    let columns: [(title: String, alignment: Alignment)]
    var rows: [[String]] = []

    /// Lines with their ends.
    var text: String {
        let widths = columns.indices.map { column in
            max(columns[column].title.count, rows.map { $0[column].count }.max() ?? 0)
        }
        return ([columns.map(\.title)] + rows).map { row in
            let cells = row.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                return columns[column].alignment == .left ? row[column] + padding : padding + row[column]
            }
            var line = cells.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}

/// Names and values below each other, for people.
func described(_ rows: [(name: String, value: String)]) -> String {
    let width = (rows.map(\.name.count).max() ?? 0) + 2
    return rows.map { row in
        let indent = String(repeating: " ", count: width)
        let lines = row.value.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return row.name + indent.dropFirst(row.name.count) + lines.joined(separator: "\n" + indent) + "\n"
    }.joined()
}
