import Foundations
import JSON
import Manifests
import Spaces

/// What lists show of an environment and searches look at: made of the version that a reference without constraint means.
public struct Listing: Sendable, Hashable {
    public let name: EnvironmentName
    public let summary: JSONObject
    /// The values that an environment has of each facet.
    public let terms: [Facet: [String]]
    /// The declared reward of a step; nil where it is not declared.
    public let reward: ClosedRange<Double>?
    /// What words are looked for in, the weightiest first: name, title, tags, description.
    public let texts: [String]

    /// - Parameters:
    ///   - metadata: Overrides what the manifest says.
    ///   - checks: Results of its attestations: `admission:passed`.
    ///   - source: `folder` or `catalog`.
    public init(
        _ manifest: Manifest, digest: String, state: VersionState, metadata: EnvironmentMetadata, checks: [String],
        versions: Int, createdAt: Timestamp?, updatedAt: Timestamp?, source: String
    ) {
        name = manifest.name
        reward = manifest.reward.range
        let tags = metadata.tags ?? manifest.tags
        let title = metadata.title ?? manifest.title
        let description = metadata.description ?? manifest.description
        let homepage = metadata.homepage ?? manifest.homepage
        let backends = manifest.launches.map(\.backend.rawValue)
        summary = [
            "reference": .string("\(manifest.reference)"), "name": .string("\(manifest.name)"),
            "version": .string("\(manifest.version)"), "digest": .string("sha256:\(digest)"),
            "title": .string(title), "description": .string(description),
            "license": manifest.license.map(JSONValue.string) ?? .null,
            "tags": .array(tags.map(JSONValue.string)),
            "gymnasium": .array(manifest.gymnasium.map(JSONValue.string)),
            "backends": .array(backends.map(JSONValue.string)),
            "agents": .string(manifest.agents.rawValue), "nondeterministic": .bool(manifest.isNondeterministic),
            "homepage": homepage.map(JSONValue.string) ?? .null, "state": .string(state.name.rawValue),
            "warnings": .array(state.warnings(of: "\(manifest.reference)").map(JSONValue.string)),
            "source": .string(source), "version_count": .integer(Int64(versions)),
            "created_at": createdAt.map { .string($0.rfc3339) } ?? .null,
            "updated_at": updatedAt.map { .string($0.rfc3339) } ?? .null,
        ]
        var terms: [Facet: [String]] = [
            .namespace: [manifest.name.namespace ?? ""], .tag: tags, .backend: backends,
            .agents: [manifest.agents.rawValue], .license: [manifest.license].compactMap { $0 },
            .state: [state.name.rawValue], .resources: [manifest.resources.sizeClass], .checks: checks,
        ]
        switch manifest.spaces {
        case .ask: (terms[.observation], terms[.action]) = (["ask"], ["ask"])
        case .declared(let observation, let action):
            (terms[.observation], terms[.action]) = ([observation.typeName], [action.typeName])
        }
        self.terms = terms.mapValues { Array(Set($0)).sorted() }
        let gymnasium = manifest.gymnasium.joined(separator: " ")
        texts = [
            Self.split("\(manifest.name) \(gymnasium)"), Self.split(title), tags.joined(separator: " "),
            String(description.prefix(Self.longestText)),
        ]
    }

    /// How many characters of a description are searched.
    static let longestText = 20_000

    /// The words of a text: runs of letters and digits, in lower case.
    public static func words(_ text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    /// A text followed by the words inside its words: `CartPole` is found by `pole` as well.
    private static func split(_ text: String) -> String {
        var parts: [String] = []
        var word = ""
        var previous: Character = " "
        for character in text {
            let isStart = character.isUppercase && previous.isLowercase || character.isNumber != previous.isNumber
            if isStart || !(character.isLetter || character.isNumber), !word.isEmpty {
                parts.append(word)
                word = ""
            }
            if character.isLetter || character.isNumber { word.append(character) }
            previous = character
        }
        if !word.isEmpty { parts.append(word) }
        return text + " " + parts.joined(separator: " ")
    }
}

extension Manifest.Resources {
    /// `small`: one processor and 512 MiB at most; `medium`: four and 4 GiB; `large`: more; `gpu`: with graphics processors.
    var sizeClass: String {
        if gpus > 0 { return "gpu" }
        if cpu <= 1, memory <= 512 << 20 { return "small" }
        return cpu <= 4 && memory <= 4 << 30 ? "medium" : "large"
    }
}

// Searching without a database: for the few environments of a folder.
extension Listing {
    /// Whether a query means it.
    public func matches(_ query: SearchQuery) -> Bool {
        if let least = query.least, !(reward.map { $0.lowerBound >= least } ?? false) { return false }
        if let greatest = query.greatest, !(reward.map { $0.upperBound <= greatest } ?? false) { return false }
        for (facet, values) in query.filters where Set(terms[facet] ?? []).isDisjoint(with: values) { return false }
        return query.words.allSatisfy { word in
            texts.contains { text in Self.words(text).contains { $0.hasPrefix(word) } }
        }
    }
}
