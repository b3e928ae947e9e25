import Foundations

/// A file or folder of the host that a worker sees, as DockerGym writes it: `HOST[:CONTAINER[:MODE]]`.
public struct HostVolume: Sendable, Hashable, CustomStringConvertible {
    /// Absolute, without `.`, `..` and a slash at the end.
    public let host: String
    /// The same for the path that the worker sees.
    public let container: String
    public let isWritable: Bool

    /// Reads the text form. `~` is expanded in the host's part only, where a relative path starts at `directory`; without a
    /// container's part the path is the same on both sides; without a mode the worker may write.
    ///
    /// - Throws: `invalid_argument` that names what is wrong.
    public init(_ text: String, home: String, directory: String) throws(Failure) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(parts.count), !parts[0].isEmpty, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f })
        else { throw Self.refusal(text, "it has to be HOST[:PATH[:MODE]]") }
        host = Self.normalised(Self.absolute(parts[0], home: home, directory: directory))
        let target = parts.count > 1 ? parts[1] : host
        guard target.hasPrefix("/") else { throw Self.refusal(text, "the worker's path has to begin with a slash") }
        container = Self.normalised(target)
        guard container != "/" else { throw Self.refusal(text, "nothing can be mounted over the worker's root") }
        switch parts.count == 3 ? parts[2] : "rw" {
        case "rw": isWritable = true
        case "ro": isWritable = false
        case let mode: throw Self.refusal(text, "the mode is rw or ro, not \(mode)")
        }
    }

    public var description: String { "\(host):\(container):\(isWritable ? "rw" : "ro")" }

    private static func refusal(_ text: String, _ reason: String) -> Failure {
        Failure(.invalidArgument, "`\(text)` is no volume: \(reason)", next: "write HOST:/PATH, HOST:/PATH:ro or HOST")
    }

    private static func absolute(_ path: String, home: String, directory: String) -> String {
        if path == "~" || path.hasPrefix("~/") { return home + path.dropFirst() }
        return path.hasPrefix("/") ? path : directory + "/" + path
    }

    /// An absolute path without empty parts, `.` and `..`.
    static func normalised(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }
}

/// The volumes of a worker, and how paths of the host read inside.
public struct VolumeMap: Sendable, Hashable {
    public let volumes: [HostVolume]

    public init(_ volumes: [HostVolume]) { self.volumes = volumes }

    /// The path by which the worker sees a path of the host: below the volume whose host part is the longest that holds it,
    /// the first of several. A path in no volume stays as it is.
    public func containerPath(of path: String) -> String {
        guard path.hasPrefix("/") else { return path }
        let clean = HostVolume.normalised(path)
        var best: HostVolume?
        for volume in volumes where Self.lies(clean, in: volume.host) {
            if volume.host.utf8.count > (best?.host.utf8.count ?? -1) { best = volume }
        }
        guard let best else { return path }
        let rest = best.host == "/" ? clean : String(clean.dropFirst(best.host.count))
        return rest == "/" ? best.container : best.container + rest
    }

    /// Whether the worker sees something of a volume at a path.
    public func covers(containerPath path: String) -> Bool {
        volumes.contains { Self.lies(HostVolume.normalised(path), in: $0.container) }
    }

    private static func lies(_ path: String, in folder: String) -> Bool {
        path == folder || path.hasPrefix(folder == "/" ? "/" : folder + "/")
    }
}
