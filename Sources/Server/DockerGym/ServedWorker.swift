import Foundations
import Glibc
import JSON
import Manifests
import Sandboxes
import Sessions

/// One worker that the operator describes by flags, as for DockerGym's server, and the manifest that this makes.
public struct ServedWorker: Sendable {
    /// Nil: the command runs in the sandbox of a process.
    public var image: String?
    /// Empty: what the image itself starts.
    public var command: [String]
    /// 1, 2 or `auto`.
    public var workerProtocol = "1"
    public var volumes: [HostVolume] = []
    /// Empty: any is taken, and the worker decides.
    public var instances: [String] = []
    /// The key of a label that every container gets, with the name of the environment.
    public var label: String?
    /// `NAME=VALUE`.
    public var environment: [String] = []
    /// Bytes.
    public var memory = 2 << 30
    public var processes = 256
    public var cores = "1"
    public var network = "none"
    public var sessionsPerWorker = 1
    /// For every command, the start included.
    public var commandTime = Duration.seconds(60)
    public var startTime = Duration.seconds(60)

    public init(image: String?, command: [String]) {
        self.image = image
        self.command = command
    }

    /// The environment that is served.
    ///
    /// - Parameters:
    ///   - emptyFolder: Stands for the folder of the manifest where the command names no file of the host.
    ///   - isFenced: Whether the worker runs as somebody else than the server.
    /// - Throws: `invalid_argument` for what no manifest can have, `failed_precondition` for files that are not there.
    public func entry(emptyFolder: String, isFenced: Bool = true) throws(Failure) -> ManifestFolder.Entry {
        for volume in volumes where access(volume.host, F_OK) != 0 {
            throw Failure(
                .failedPrecondition, "the volume \(volume.host) is not there",
                next: "make it, or correct --volume \(volume)")
        }
        let program = image == nil ? try WorkerFile(command, volumes: VolumeMap(volumes)) : nil
        if isFenced { try program?.requireReadable() }
        let manifest = try Manifest(json: try document(command: program?.command ?? command))
        var entry = ManifestFolder.Entry(
            manifest: manifest, directory: program?.folder ?? emptyFolder,
            digest: try VersionDigest.digest(of: manifest, file: program?.path))
        entry.isOperators = true
        return entry
    }

    /// The ids in a file, one a line; blank lines and spaces around them do not count.
    public static func instances(in text: String) -> [String] {
        var seen = Set<String>()
        return text.split(whereSeparator: \.isNewline).map { $0.trimmed }.filter {
            !$0.isEmpty && seen.insert($0).inserted
        }
    }

    private func document(command: [String]) throws(Failure) -> JSONValue {
        guard let cores = Double(cores), cores > 0, cores <= 4096 else {
            throw Failure(.invalidArgument, "worker-cpu: `\(self.cores)` is no number of processors")
        }
        var launch: JSONObject = [
            "protocol": Int64(workerProtocol).map(JSONValue.integer) ?? .string(workerProtocol),
            "share": "none", "network": .string(network),
            "volumes": .array(volumes.map { .string($0.description) }),
            "environment": .object(try variables()),
        ]
        if !command.isEmpty { launch["command"] = .array(command.map(JSONValue.string)) }
        if let image {
            launch["image"] = .string(image)
            if let label { launch["labels"] = [label: .string(name)] }
        }
        if sessionsPerWorker > 1 { launch["sessions_per_worker"] = .integer(Int64(sessionsPerWorker)) }
        var document: JSONObject = [
            "manifest": 1, "name": .string(name), "version": "0.1.0",
            "description": "Described by flags of the server.",
            "launch": [image == nil ? "process" : "docker": .object(launch)],
            "resources": [
                "memory": .integer(Int64(memory)), "pids": .integer(Int64(processes)), "cpu": .number(cores),
                "disk": .string("512MiB"), "files": 4096,
                "step_time": commandTime.text, "reset_time": commandTime.text, "start_time": startTime.text,
            ],
        ]
        if !instances.isEmpty { document["instances"] = ["list": .array(instances.map(JSONValue.string))] }
        return .object(document)
    }

    private func variables() throws(Failure) -> JSONObject {
        var variables = JSONObject()
        for word in environment {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else {
                throw Failure(.invalidArgument, "container-env: `\(word)` is not NAME=VALUE")
            }
            variables[parts[0]] = .string(parts[1])
        }
        return variables
    }

    /// After the image, or the file that the command starts.
    private var name: String {
        let file = command.last { $0.contains("/") || $0.hasSuffix(".py") } ?? command.last ?? "worker"
        let path = (image ?? file).split(separator: "@").first ?? ""
        let last = path.split(separator: "/").last ?? "worker"
        let stem = last.split(separator: image == nil ? "." : ":").first ?? "worker"
        let clean = stem.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "-" }
        let start = clean.drop { !$0.isLetter && !$0.isNumber }.prefix(100)
        return start.isEmpty ? "worker" : String(start)
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        let start = drop { $0.isWhitespace }
        return String(start.prefix(start.count - start.reversed().prefix { $0.isWhitespace }.count))
    }
}

extension Duration {
    /// As manifests write times.
    fileprivate var text: JSONValue { .string("\(max(1, Int64((self / .milliseconds(1)).rounded())))ms") }
}
