/// A version specifier of PEP 440, as far as releases go: `>=1.0,<2`, `==1.4.*`, `~=1.2`.
struct VersionSpecifier: Sendable {
    private let clauses: [(relation: String, release: [Int], isPrefix: Bool)]

    /// Nil where a clause is none that is known.
    init?(_ text: String) {
        var clauses: [(relation: String, release: [Int], isPrefix: Bool)] = []
        for part in text.split(separator: ",") {
            let clause = part.filter { $0 != " " }
            guard let relation = ["===", "==", "!=", ">=", "<=", "~=", ">", "<"].first(where: clause.hasPrefix) else {
                return nil
            }
            var rest = clause.dropFirst(relation.count)
            let isPrefix = rest.hasSuffix(".*")
            if isPrefix { rest = rest.dropLast(2) }
            guard let release = Self.release(rest) else { return nil }
            clauses.append((relation, release, isPrefix))
        }
        self.clauses = clauses
    }

    /// Nil where the version is none.
    func allows(_ version: String) -> Bool? {
        guard let release = Self.release(version[...]) else { return nil }
        return clauses.allSatisfy { relation, wanted, isPrefix in
            let order = Self.compare(release, wanted)
            let hasPrefix = wanted.enumerated().allSatisfy { ($0 < release.count ? release[$0] : 0) == $1 }
            switch relation {
            case "==", "===": return isPrefix ? hasPrefix : order == 0
            case "!=": return isPrefix ? !hasPrefix : order != 0
            case ">=": return order >= 0
            case "<=": return order <= 0
            case ">": return order > 0
            case "<": return order < 0
            default:
                let family = wanted.dropLast()
                return order >= 0
                    && family.enumerated().allSatisfy { ($0 < release.count ? release[$0] : 0) == $1 }
            }
        }
    }

    private static func release(_ text: Substring) -> [Int]? {
        let numbers = text.split(separator: ".", omittingEmptySubsequences: false).map { part in
            Int(part.prefix { $0.isNumber })
        }
        let known = numbers.prefix { $0 != nil }.compactMap { $0 }
        return known.isEmpty ? nil : known
    }

    /// -1, 0 or 1.
    private static func compare(_ left: [Int], _ right: [Int]) -> Int {
        for place in 0..<max(left.count, right.count) {
            let (one, other) = (place < left.count ? left[place] : 0, place < right.count ? right[place] : 0)
            if one != other { return one < other ? -1 : 1 }
        }
        return 0
    }
}
