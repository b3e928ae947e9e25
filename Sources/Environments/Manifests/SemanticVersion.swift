import Foundations

/// A version of semver.org 2.0.0, such as `1.2.0-rc.1+build.5`.
///
/// Versions are ordered by precedence; those that differ in build metadata alone are ordered by its text, so that the
/// order is total. Each of the three numbers has at most 18 digits.
public struct SemanticVersion: Sendable, Hashable {
    public let major: Int
    public let minor: Int
    public let patch: Int
    /// The identifiers after the dash; empty for a release.
    public let prerelease: [String]
    /// The identifiers after the plus; without meaning for precedence.
    public let build: [String]

    public init(_ major: Int, _ minor: Int, _ patch: Int, prerelease: [String] = [], build: [String] = []) {
        self.major = major
        self.minor = minor
        self.patch = patch
        self.prerelease = prerelease
        self.build = build
    }

    /// Reads the canonical form; nil for anything else, such as `1.2`, `v1.2.0` or `01.2.0`.
    public init?(_ text: some StringProtocol) {
        let text = String(text)
        guard text.utf8.count <= 256 else { return nil }
        let withBuild = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        let withPrerelease = withBuild[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let core = withPrerelease[0].split(separator: ".", omittingEmptySubsequences: false).map(Self.number)
        guard core.count == 3, let major = core[0], let minor = core[1], let patch = core[2],
            let prerelease = Self.identifiers(withPrerelease.dropFirst().first, isPrerelease: true),
            let build = Self.identifiers(withBuild.dropFirst().first, isPrerelease: false)
        else { return nil }
        self.init(major, minor, patch, prerelease: prerelease, build: build)
    }

    public var isPrerelease: Bool { !prerelease.isEmpty }

    /// Whether both have the same precedence: all but build metadata is equal.
    public func isEquivalent(to other: SemanticVersion) -> Bool {
        core == other.core && prerelease == other.prerelease
    }

    var core: [Int] { [major, minor, patch] }

    /// At most 18 digits without a leading zero.
    static func number(_ text: some StringProtocol) -> Int? {
        guard isNumeric(text), text.utf8.count <= 18, text == "0" || !text.hasPrefix("0") else { return nil }
        return Int(text)
    }

    private static func isNumeric(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func identifiers(_ text: Substring?, isPrerelease: Bool) -> [String]? {
        guard let text else { return [] }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let areValid = parts.allSatisfy { part in
            let isWord = part.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                    || byte == 0x2d
            }
            let hasLeadingZero = isNumeric(part) && part.count > 1 && part.hasPrefix("0")
            return !part.isEmpty && isWord && !(isPrerelease && hasLeadingZero)
        }
        return areValid ? parts.map(String.init) : nil
    }
}

extension SemanticVersion: Comparable {
    public static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
        if left.core != right.core { return left.core.lexicographicallyPrecedes(right.core) }
        if left.prerelease != right.prerelease {
            guard left.isPrerelease, right.isPrerelease else { return left.isPrerelease }
            return left.prerelease.lexicographicallyPrecedes(right.prerelease, by: precedes)
        }
        return left.build.lexicographicallyPrecedes(right.build)
    }

    /// Numbers come before words and are compared by value, however long they are.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        switch (isNumeric(left), isNumeric(right)) {
        case (true, true): (left.utf8.count, left) < (right.utf8.count, right)
        case (true, false): true
        case (false, true): false
        case (false, false): left.utf8.lexicographicallyPrecedes(right.utf8)
        }
    }
}

extension SemanticVersion: CustomStringConvertible {
    public var description: String {
        let suffix = isPrerelease ? "-" + prerelease.joined(separator: ".") : ""
        return "\(major).\(minor).\(patch)" + suffix + (build.isEmpty ? "" : "+" + build.joined(separator: "."))
    }
}
