import Foundations

/// The manifests of some folders, and how references are resolved among them.
public struct ManifestFolder: Sendable {
    public struct Entry: Sendable, Hashable {
        public let manifest: Manifest
        /// The folder that holds the manifest.
        public let directory: String
        /// 64 lower-case hexadecimal digits over `manifest.canonical`.
        public var digest: String
        /// Whether the operator described it by flags: then its volumes are allowed, and without a list of instances any
        /// is passed on.
        public var isOperators = false
        /// The absolute path of the interpreter that runs its Python; nil: the server's.
        public var python: String?
        /// Whether its Gymnasium ids mean it only where no other manifest lists them.
        public var yieldsIDs = false

        public init(manifest: Manifest, directory: String, digest: String) {
            self.manifest = manifest
            self.directory = directory
            self.digest = digest
        }
    }

    /// Sorted by name, then from the oldest version to the newest.
    public let entries: [Entry]
    /// Why files that were found are not among the entries.
    public let problems: [Failure]
    private let byName: [String: [Entry]]
    private let byGymnasiumID: [String: [Entry]]

    /// Keeps the first of several manifests of one name and version; the others become problems.
    public init(_ found: [Entry], problems: [Failure] = []) {
        var problems = problems
        var byName: [String: [Entry]] = [:]
        for entry in found {
            let name = entry.manifest.name.description
            let version = entry.manifest.version
            if let first = byName[name]?.first(where: { $0.manifest.version.isEquivalent(to: version) }) {
                problems.append(
                    Failure(
                        .alreadyExists,
                        "\(entry.directory): \(name) \(version) is already described in \(first.directory)"))
            } else {
                byName[name, default: []].append(entry)
            }
        }
        for name in byName.keys { byName[name]?.sort { $0.manifest.version < $1.manifest.version } }
        entries = byName.sorted { $0.key < $1.key }.flatMap(\.value)
        var byGymnasiumID: [String: [Entry]] = [:]
        for entry in entries {
            for id in entry.manifest.gymnasium { byGymnasiumID[id, default: []].append(entry) }
        }
        self.byGymnasiumID = byGymnasiumID.mapValues { listed in
            let first = listed.filter { !$0.yieldsIDs }
            return first.isEmpty ? listed : first
        }
        self.byName = byName
        self.problems = problems
    }

    /// What a name can mean here: the versions of the environment of that name; else of those that list it as a
    /// Gymnasium id, each environment by itself. Sorted from the oldest version to the newest.
    public func candidates(for name: EnvironmentName) -> [[Entry]] {
        if let versions = byName[name.description] { return [versions] }
        let listed = Dictionary(grouping: byGymnasiumID[name.description] ?? []) { $0.manifest.name.description }
        return listed.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The version that a reference such as `classic/CartPole@^1` or `CartPole-v1` means; see `resolve(_:)`.
    public func resolve(_ text: String) throws(Failure) -> Entry { try resolve(Reference(text)) }

    /// The newest version that a reference allows. What looks like a Gymnasium id is first a name, then an id that a
    /// manifest lists, then a name and its major version.
    ///
    /// - Throws: `notFound`, with the nearest name or the versions that there are in `next`; `conflict` where several
    ///   environments list the Gymnasium id.
    public func resolve(_ reference: Reference) throws(Failure) -> Entry {
        let name = reference.name.description
        if let versions = byName[name] { return try newest(of: versions, reference) }
        if let listed = byGymnasiumID[name] {
            let names = Set(listed.map(\.manifest.name.description)).sorted()
            guard names.count == 1 else {
                throw Failure(
                    .conflict, "\(name) may be \(names.joined(separator: " or "))", next: "name the one that is meant")
            }
            return try newest(of: listed, reference)
        }
        if let major = reference.majorForm, let versions = byName[major.name.description] {
            return try newest(of: versions, major)
        }
        throw unknown(reference)
    }

    private func newest(of versions: [Entry], _ reference: Reference) throws(Failure) -> Entry {
        let allowed = versions.filter { entry in
            switch reference.constraint {
            case .digest(let digest): entry.digest == digest
            case .alias: false
            default: reference.constraint.allows(entry.manifest.version) ?? false
            }
        }
        if let newest = allowed.last(where: { !$0.manifest.version.isPrerelease }) ?? allowed.last { return newest }
        let known = versions.map { $0.manifest.version.description }.joined(separator: ", ")
        let missing =
            switch reference.constraint {
            case .alias(let alias): "no alias `\(alias)`; folders of manifests have none"
            default: "no version \(reference.constraint)"
            }
        throw Failure(.notFound, "\(reference.name) has \(missing)", next: "there is \(known)")
    }

    private func unknown(_ reference: Reference) -> Failure {
        let wanted = reference.name.name.lowercased()
        let names = byName.keys.sorted()
        let ids = byGymnasiumID.keys.sorted()
        let stem = (reference.majorForm?.name.name ?? wanted).lowercased()
        let near =
            names.first { EnvironmentName($0)?.name.lowercased() == wanted }
            ?? names.first { EnvironmentName($0)?.name.lowercased() == stem }
            ?? nearest(to: reference.name.description, among: names + ids)
            ?? names.first { EnvironmentName($0).flatMap { nearest(to: wanted, among: [$0.name]) } != nil }
        let next = near.map { "did you mean `\($0)`?" } ?? "there are \(names.count) environments; list them"
        return Failure(.notFound, "there is no environment `\(reference.name)`", next: next)
    }
}
