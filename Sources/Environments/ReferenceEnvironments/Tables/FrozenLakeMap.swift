import Foundations

/// The tiles of a FrozenLake: `S` start, `F` frozen, `H` hole, `G` goal.
struct FrozenLakeMap: Sendable, Equatable {
    let rows: [[UInt8]]
    var height: Int { rows.count }
    var width: Int { rows[0].count }

    static let named = [
        "4x4": ["SFFF", "FHFH", "FFFH", "HFFG"],
        "8x8": [
            "SFFFFFFF", "FFFFFFFF", "FFFHFFFF", "FFFFFHFF", "FFFHFFFF", "FHHFFFHF", "FHFFHFHF", "FFFHFFFG",
        ],
    ]

    /// - Throws: `invalidArgument` where rows differ in length, a tile is none of the four, there is no start, or there
    ///   are more than 1,000 rows or columns.
    init(_ lines: [String]) throws(Failure) {
        let rows = lines.map { Array($0.utf8) }
        guard let width = rows.first?.count, 1...1000 ~= width, rows.count <= 1000 else {
            throw Self.failure("has \(rows.count) rows and \(rows.first?.count ?? 0) columns", "give 1 to 1000 of each")
        }
        for (place, row) in rows.enumerated() {
            guard row.count == width else {
                throw Self.failure("is \(width) wide in row 0 and \(row.count) in row \(place)", "give equal rows")
            }
            guard row.allSatisfy({ "SFHG".utf8.contains($0) }) else {
                throw Self.failure("has another tile than S, F, H and G in row \(place)", "use those four")
            }
        }
        guard rows.joined().contains(UInt8(ascii: "S")) else {
            throw Self.failure("has no start", "mark at least one tile S")
        }
        self.rows = rows
    }

    /// A map of Gymnasium's by its name.
    ///
    /// - Throws: `invalidArgument` for another name.
    init(named name: String) throws(Failure) {
        guard let lines = Self.named[name] else {
            throw Failure(
                .invalidArgument, "there is no FrozenLake map named \(name)",
                next: "take \(Self.named.keys.sorted().joined(separator: " or ")), or give the map's rows as desc")
        }
        try self.init(lines)
    }

    private static func failure(_ what: String, _ next: String) -> Failure {
        Failure(.invalidArgument, "the FrozenLake map \(what)", next: next)
    }
}
