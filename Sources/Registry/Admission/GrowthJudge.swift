import JSON

/// Decides whether something adds up from episode to episode.
enum GrowthJudge {
    /// Bytes: what allocators and caches may still take after the first episodes.
    static let memorySlack = 3 << 20
    /// Bytes of each episode below which memory counts as flat.
    static let memoryPerEpisode = 8 << 10
    static let fewest = 5

    static func findings(_ facts: JSONValue) -> [Finding] {
        let rows = facts["rows"]?.array ?? []
        guard rows.count >= fewest else { return [] }
        var found: [Finding] = []
        let memory = values(rows, "memory")
        // The first third warms caches up; a leak shows in both halves of what follows.
        let settled = Array(memory.dropFirst(rows.count / 3))
        if let first = settled.first, let last = settled.last {
            let middle = settled[settled.count / 2]
            let growth = last - first
            let perEpisode = growth / max(1, settled.count - 1)
            if growth > memorySlack, perEpisode > memoryPerEpisode, middle - first > growth / 5,
                last - middle > growth / 5
            {
                found.append(
                    Finding(
                        .memoryGrows,
                        "\(perEpisode >> 10) KiB an episode over the last \(settled.count) of \(rows.count) episodes"))
            }
        }
        for (name, code) in [
            ("files", FindingCode.filesGrow), ("threads", .threadsGrow), ("children", .processesGrow),
        ] {
            let counts = values(rows, name)
            guard let first = counts.dropFirst().first, let last = counts.last else { continue }
            let half = counts[counts.count / 2]
            if last - first >= 3, last > half, half > first || counts.count < 8 {
                found.append(Finding(code, "from \(first) to \(last) over \(rows.count) episodes"))
            }
        }
        return found
    }

    private static func values(_ rows: [JSONValue], _ key: String) -> [Int] {
        rows.map { $0[key]?.integer.flatMap { Int(exactly: $0) } ?? 0 }
    }
}
