import Foundations

/// Which versions of an environment a reference allows.
public enum Constraint: Sendable, Hashable {
    /// None given: the newest release, or the newest of all where there is no release.
    case any
    /// `@latest`: the same, said aloud.
    case latest
    /// `@1.2.0`; build metadata counts only where it is given.
    case exact(SemanticVersion)
    /// `@^1.2`, `@~1.2.3`: at least `from`, below `below`.
    case range(VersionRange)
    /// `@stable`: a name that a catalog gives to a version.
    case alias(String)
    /// `@sha256:…`: 64 lower-case hexadecimal digits.
    case digest(String)

    static let form = "a version (1.2.0), a range (^1.2, ~1.2), latest, an alias (stable) or sha256: and 64 digits"

    /// Reads what stands after the `@` of a reference; nil where it is no constraint.
    public init?(_ text: some StringProtocol) {
        if text == "latest" {
            self = .latest
        } else if let version = SemanticVersion(text) {
            self = .exact(version)
        } else if let range = VersionRange(text) {
            self = .range(range)
        } else if text.hasPrefix("sha256:") {
            let digits = text.utf8.dropFirst(7)
            let areHexadecimal = digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
            guard digits.count == 64, areHexadecimal else { return nil }
            self = .digest(String(decoding: digits, as: UTF8.self))
        } else {
            guard let first = text.utf8.first, (0x61...0x7a).contains(first), text.utf8.count <= 64,
                text.utf8.allSatisfy({ (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d })
            else { return nil }
            self = .alias(String(text))
        }
    }

    /// Whether a version satisfies the constraint; nil where versions alone cannot tell (aliases and digests).
    public func allows(_ version: SemanticVersion) -> Bool? {
        switch self {
        case .any, .latest: true
        case .exact(let wanted): wanted.build.isEmpty ? wanted.isEquivalent(to: version) : wanted == version
        case .range(let range): range.contains(version)
        case .alias, .digest: nil
        }
    }
}

extension Constraint: CustomStringConvertible {
    /// As it stands after the `@`; empty where there is none.
    public var description: String {
        switch self {
        case .any: ""
        case .latest: "latest"
        case .exact(let version): version.description
        case .range(let range): range.description
        case .alias(let name): name
        case .digest(let digits): "sha256:" + digits
        }
    }
}

/// A range of versions in npm's caret (`^1.2`: same leftmost number that is not zero) or tilde form (`~1.2`: same minor).
public struct VersionRange: Sendable, Hashable, CustomStringConvertible {
    public let from: SemanticVersion
    /// The first version that does not belong; only its three numbers count.
    public let below: SemanticVersion
    public let description: String

    /// Reads `^` or `~` and one to three numbers, with a pre-release only where all three are given; nil otherwise.
    public init?(_ text: some StringProtocol) {
        let text = String(text)
        guard let sign = text.first, sign == "^" || sign == "~" else { return nil }
        let rest = text.dropFirst()
        let numbers: [Int]
        if let version = SemanticVersion(rest) {
            guard version.build.isEmpty else { return nil }
            from = version
            numbers = version.core
        } else {
            let parts = rest.split(separator: ".", omittingEmptySubsequences: false).map(SemanticVersion.number)
            numbers = parts.compactMap { $0 }
            guard (1...2).contains(numbers.count), numbers.count == parts.count else { return nil }
            from = SemanticVersion(numbers[0], numbers.count > 1 ? numbers[1] : 0, 0)
        }
        let fixed = numbers.firstIndex { $0 > 0 } ?? numbers.count - 1
        guard let below = Self.bump(from.core, at: sign == "^" ? fixed : min(1, numbers.count - 1)) else { return nil }
        self.below = below
        description = text
    }

    /// The range of one major version, which `-v1` in a Gymnasium id stands for; nil for a number without a successor.
    public init?(major: Int) {
        guard major >= 0, major < Int.max else { return nil }
        from = SemanticVersion(major, 0, 0)
        below = SemanticVersion(major + 1, 0, 0)
        description = major == 0 ? "~0" : "^\(major)"
    }

    /// Whether a version lies in the range. A pre-release does only where the range names one of the same three numbers.
    public func contains(_ version: SemanticVersion) -> Bool {
        if version.isPrerelease, !(from.isPrerelease && from.core == version.core) { return false }
        let isAtLeast = version >= from || version.isEquivalent(to: from)
        return isAtLeast && version.core.lexicographicallyPrecedes(below.core)
    }

    private static func bump(_ numbers: [Int], at index: Int) -> SemanticVersion? {
        let (next, overflow) = numbers[index].addingReportingOverflow(1)
        guard !overflow else { return nil }
        let core = numbers.enumerated().map { $0 < index ? $1 : $0 == index ? next : 0 }
        return SemanticVersion(core[0], core[1], core[2])
    }
}
