/// The candidate with the smallest edit distance to `word`, for "did you mean …"; nil where none is close.
public func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let bound = max(1, word.count / 3 + 1)
    return candidates.map { ($0, editDistance(word.lowercased(), $0.lowercased())) }
        .filter { $0.1 <= bound }
        .min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
}

/// The optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
func editDistance(_ left: String, _ right: String) -> Int {
    let a = Array(left)
    let b = Array(right)
    var before: [Int] = []
    var previous = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1]
        for j in b.indices {
            var cost = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
            row.append(cost)
        }
        (before, previous) = (previous, row)
    }
    return previous[b.count]
}
