import Digest
import Foundations
import JSON
import Manifests

/// The version as it is, and as it is started for one purpose of a check. What they are asked for by is their name.
struct Variants: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        /// The version as it is.
        case plain
        /// The same, from nothing: another process that has loaded it anew.
        case fresh
        /// Under another seed of Python's hashes.
        case otherHashes = "other-hashes"
        /// One way to fork.
        case snapshot, fork, replay
        /// Behind the probe.
        case probe
        /// The release that it follows.
        case previous
    }

    /// The variable that fixes the order of Python's sets.
    static let hashSeed = "PYTHONHASHSEED"

    let folder: ManifestFolder
    /// The worker's own entry; nil where it is a program or an image, which a probe cannot look into.
    let entry: String?
    /// Whether the version itself fixes Python's hashes.
    let fixesHashes: Bool
    /// Whether the version asks for the host's network, which no check gives it.
    let wantsNetwork: Bool

    static func reference(_ kind: Kind) -> String { "admission/\(kind.rawValue)" }

    /// - Parameters:
    ///   - previous: The release that it follows.
    ///   - stepTime: Of a look of the probe.
    init(
        _ entry: ManifestFolder.Entry, after previous: ManifestFolder.Entry? = nil, stepTime: Duration
    ) throws(Failure) {
        let manifest = entry.manifest
        let launch = manifest.launch(.process) ?? manifest.launch(.plain) ?? manifest.launch(.docker)
        wantsNetwork = manifest.launches.contains { $0.network == .host }
        fixesHashes = launch?.environment.contains { $0.name == Self.hashSeed } ?? true
        var worker: String?
        if case .worker(let name) = launch?.program { worker = name }
        self.entry = worker
        var entries: [ManifestFolder.Entry] = []
        for kind in Kind.allCases {
            if kind == .probe, worker == nil { continue }
            if kind == .previous, previous == nil { continue }
            let entry = kind == .previous ? previous ?? entry : entry
            var document = entry.manifest.document
            document["name"] = .string(Self.reference(kind))
            document["gymnasium"] = nil
            Self.edit(&document) { $0["network"] = nil }
            // Not the version's own: a server's zygotes of the version are not those of a check.
            var digest = Self.derived(entry.digest, .plain)
            if !fixesHashes {
                Self.edit(&document) { launch in
                    var variables = launch["environment"] ?? [:]
                    variables[Self.hashSeed] = kind == .otherHashes ? "4242" : "0"
                    launch["environment"] = variables
                }
            }
            switch kind {
            case .plain, .previous: break
            case .fresh, .otherHashes: digest = Self.derived(digest, kind)
            case .snapshot, .fork, .replay: document["fork"] = [.string(kind.rawValue)]
            case .probe:
                Self.look(through: &document, worker ?? "", stepTime)
                digest = Self.derived(digest, kind)
            }
            if kind == .replay, manifest.isNondeterministic { continue }
            var variant = ManifestFolder.Entry(
                manifest: try Manifest(json: .object(document)), directory: entry.directory, digest: digest)
            variant.python = entry.python
            entries.append(variant)
        }
        folder = ManifestFolder(entries)
    }

    /// The version's launch with the probe before its worker, in a sandbox of its own.
    private static func look(through document: inout JSONObject, _ worker: String, _ stepTime: Duration) {
        document["spaces"] = nil
        document["render_modes"] = nil
        document["agents"] = nil
        document["reward"] = nil
        edit(&document) { launch in
            launch["config"] = ["entry": .string(worker), "config": launch["config"] ?? [:]]
            launch["worker"] = "corral.worker.probe:ProbeWorker"
            launch["share"] = "none"
            launch["protocol"] = 2
            launch["sessions_per_worker"] = nil
        }
        var resources = document["resources"] ?? [:]
        resources["step_time"] = .string("\(max(1, Int(stepTime / .seconds(1))))s")
        document["resources"] = resources
    }

    private static func edit(_ document: inout JSONObject, _ change: (inout JSONValue) -> Void) {
        var launches = document["launch"] ?? [:]
        for name in ["process", "plain", "docker"] {
            guard var launch = launches[name] else { continue }
            change(&launch)
            launches[name] = launch
        }
        document["launch"] = launches
    }

    private static func derived(_ digest: String, _ kind: Kind) -> String {
        SHA256.hash("\(digest) \(kind.rawValue)").hex
    }
}
