import Foundations
import Manifests

/// What is known of a version when a reference is resolved.
public struct Candidate: Sendable, Hashable {
    public let version: SemanticVersion
    /// 64 lower-case hexadecimal digits.
    public let digest: String
    public let state: VersionState

    public init(version: SemanticVersion, digest: String, state: VersionState) {
        self.version = version
        self.digest = digest
        self.state = state
    }
}

/// All versions of one environment.
public struct Candidates: Sendable, Hashable {
    public let name: EnvironmentName
    /// From the oldest to the newest.
    public let versions: [Candidate]
    public let aliases: [String: SemanticVersion]

    public init(name: EnvironmentName, versions: [Candidate], aliases: [String: SemanticVersion]) {
        self.name = name
        self.versions = versions.sorted { $0.version < $1.version }
        self.aliases = aliases
    }

    /// The version that a constraint means. Ranges, `latest` and no constraint mean the newest release that may be
    /// started and is not deprecated; else the newest deprecated one; else the newest pre-release.
    ///
    /// - Throws: `not_found` with the versions that there are; `failed_precondition` where the only ones that fit may
    ///   not be started.
    public func resolve(_ constraint: Constraint) throws(Failure) -> Candidate {
        let fitting = try fitting(constraint)
        var byDigest = false
        switch constraint {
        case .digest: byDigest = true
        case .any, .latest, .range:
            if let best = best(of: fitting.filter(\.state.isOffered)) { return best }
        case .exact, .alias: break
        }
        guard let chosen = best(of: fitting) else { throw missing("no version \(constraint)") }
        try chosen.state.checkStart(of: "\(name)@\(chosen.version)", byDigest: byDigest)
        return chosen
    }

    /// The version that a constraint means when nobody wants to start it: what may not be started is found as well.
    ///
    /// - Throws: `not_found`.
    public func find(_ constraint: Constraint) throws(Failure) -> Candidate {
        let fitting = try fitting(constraint)
        if let best = best(of: fitting.filter(\.state.isOffered)) ?? best(of: fitting) { return best }
        throw missing(constraint == .any ? "no version" : "no version \(constraint)")
    }

    /// The release below a version that users of its major version have: the greatest that may be started.
    public func predecessor(of version: SemanticVersion) -> Candidate? {
        versions.last { candidate in
            candidate.version < version && candidate.version.major == version.major && !candidate.version.isPrerelease
                && candidate.state.isOffered
        }
    }

    private func fitting(_ constraint: Constraint) throws(Failure) -> [Candidate] {
        switch constraint {
        case .digest(let digest): return versions.filter { $0.digest == digest }
        case .alias(let alias):
            guard let version = aliases[alias] else { throw missing("no alias `\(alias)`") }
            return versions.filter { $0.version == version }
        default: return versions.filter { constraint.allows($0.version) ?? false }
        }
    }

    private func best(of candidates: [Candidate]) -> Candidate? {
        func rank(_ candidate: Candidate) -> Int {
            let isDeprecated = candidate.state.name == .deprecated
            return (candidate.version.isPrerelease ? 0 : 2) + (isDeprecated ? 0 : 1)
        }
        return candidates.max { (rank($0), $0.version) < (rank($1), $1.version) }
    }

    private func missing(_ what: String) -> Failure {
        let known = versions.filter(\.state.isOffered).suffix(20).map(\.version.description)
        let names = aliases.keys.sorted().map { "@\($0)" }
        return Failure(
            .notFound, "\(name) has \(what)",
            next: known.isEmpty
                ? "it has no version that can be started" : "there is \((known + names).joined(separator: ", "))")
    }
}
