import Foundations

/// How a caller names a version of an environment: `[namespace/]name[@constraint]`, or a Gymnasium id.
public struct Reference: Sendable, Hashable {
    public let name: EnvironmentName
    public let constraint: Constraint

    public init(_ name: EnvironmentName, _ constraint: Constraint = .any) {
        self.name = name
        self.constraint = constraint
    }

    /// Reads a reference such as `classic/CartPole@^1.2`, `CartPole-v1` or `ns/name@sha256:…`.
    ///
    /// - Throws: `invalidArgument` that says which part is wrong and what it may be.
    public init(_ text: String) throws(Failure) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = EnvironmentName(parts[0]) else {
            throw Failure(
                .invalidArgument, "`\(text)` names no environment",
                next: "write [namespace/]name[@version], such as classic/CartPole@^1.2")
        }
        guard parts.count == 2 else {
            self.init(name)
            return
        }
        guard let constraint = Constraint(parts[1]) else {
            throw Failure(
                .invalidArgument, "`\(parts[1])` in `\(text)` is no version", next: "write \(Constraint.form)")
        }
        self.init(name, constraint)
    }

    /// The same without the `-vN` of its name, and with N as the major version: what `ns/Name-v1` means where no
    /// environment of that very name exists. Nil where the name has no such ending or a constraint is given.
    public var majorForm: Reference? {
        guard constraint == .any, let (stem, major) = name.gymnasiumParts, let range = VersionRange(major: major),
            let name = EnvironmentName(stem)
        else { return nil }
        return Reference(name, .range(range))
    }
}

extension Reference: CustomStringConvertible {
    public var description: String { constraint == .any ? name.description : "\(name)@\(constraint)" }
}

/// `[namespace/]name`; each part begins with an ASCII letter or digit and goes on with those, `.`, `_` and `-`, up to 100.
public struct EnvironmentName: Sendable, Hashable, CustomStringConvertible {
    public let namespace: String?
    public let name: String

    public init?(_ text: some StringProtocol) {
        let parts = String(text).split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy(Self.isPart) else { return nil }
        namespace = parts.count == 2 ? String(parts[0]) : nil
        name = String(parts[parts.count - 1])
    }

    public var description: String { namespace.map { "\($0)/\(name)" } ?? name }

    /// The text before `-vN` and N, where the name is a Gymnasium id.
    var gymnasiumParts: (stem: String, major: Int)? {
        guard let end = name.lastIndex(of: "-"), name[name.index(after: end)...].first == "v",
            let major = SemanticVersion.number(name[end...].dropFirst(2))
        else { return nil }
        let stem = String(name[..<end])
        return (namespace.map { "\($0)/\(stem)" } ?? stem, major)
    }

    private static func isPart(_ text: some StringProtocol) -> Bool {
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        }
        guard let first = text.utf8.first, isAlphanumeric(first), text.utf8.count <= 100 else { return false }
        return text.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2e || $0 == 0x5f || $0 == 0x2d }
    }
}
