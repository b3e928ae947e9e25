import Foundations
import Glibc
import Reactor
import Sandboxes

/// `<data>/run/<server id>/`: this server's ledger. The lock on it says that the server lives; its name is in the names
/// of everything that the server leaves on the machine, so that the next start removes exactly that.
public final class RunDirectory: Sendable {
    public let server: UInt32
    public let path: String
    private let lock: CInt

    /// Makes and locks a new directory.
    ///
    /// - Throws: `failed_precondition` when the data directory cannot be written.
    public init(data: String) throws(Failure) {
        let parent = data + "/run"
        try Self.makeFolders(parent)
        let guarded = Self.guarding(parent)
        defer { close(guarded) }
        while true {
            let server = UInt32.random(in: 1...UInt32.max)
            let path = "\(parent)/\(Self.name(of: server))"
            guard mkdir(path, 0o700) == 0 else {
                if errno == EEXIST { continue }
                throw Self.unwritable(path)
            }
            let lock = open(path + "/lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
            guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 else { throw Self.unwritable(path) }
            (self.server, self.path, self.lock) = (server, path, lock)
            return
        }
    }

    deinit { close(lock) }

    /// A folder in it with nothing inside.
    ///
    /// - Throws: `failed_precondition` when it cannot be made.
    public func emptyFolder() throws(Failure) -> String { try folder("empty", mode: 0o755) }

    /// A folder in it for the answers that a `ReplyStore` keeps in files.
    ///
    /// - Throws: `failed_precondition` when it cannot be made.
    public func repliesFolder() throws(Failure) -> String { try folder("replies", mode: 0o700) }

    /// A folder in it for the calls that sessions keep for being repeated.
    ///
    /// - Throws: `failed_precondition` when it cannot be made.
    public func journalsFolder() throws(Failure) -> String { try folder("journals", mode: 0o700) }

    private func folder(_ name: String, mode: mode_t) throws(Failure) -> String {
        let folder = "\(path)/\(name)"
        guard mkdir(folder, mode) == 0 || errno == EEXIST else { throw Self.unwritable(folder) }
        return folder
    }

    /// Where the containers of this server meet it, and the address of their engine is written down.
    public var containers: String { path + "/containers" }

    /// The same of another server.
    public static func containers(of server: UInt32, data: String) -> String {
        "\(data)/run/\(name(of: server))/containers"
    }

    /// Servers of this data directory that ended without cleaning up.
    public static func leftovers(data: String) -> [UInt32] {
        let guarded = guarding(data + "/run")
        // Without the folder there are none; one that is made from now on belongs to a living server.
        guard guarded >= 0 else { return [] }
        defer { close(guarded) }
        return entries(of: data + "/run").compactMap { name in
            guard let server = UInt32(name, radix: 16), self.name(of: server) == name else { return nil }
            let lock = open("\(data)/run/\(name)/lock", O_RDWR | O_CLOEXEC)
            // Without a lock file the server died between making the directory and the file.
            guard lock >= 0 else { return server }
            defer { close(lock) }
            return flock(lock, LOCK_EX | LOCK_NB) == 0 ? server : nil
        }
    }

    /// Keeps servers that start from being taken for dead before they hold their lock, until the result is closed.
    private static func guarding(_ parent: String) -> CInt {
        let folder = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        while flock(folder, LOCK_EX) != 0 && errno == EINTR {}
        return folder
    }

    /// Forgets a server of which nothing is left.
    public static func remove(_ server: UInt32, data: String) {
        FolderRemoval.remove("\(data)/run/\(name(of: server))")
    }

    /// Removes this server's own directory, in an orderly end.
    public func remove() { FolderRemoval.remove(path) }

    /// Eight hexadecimal digits.
    public static func name(of server: UInt32) -> String {
        let digits = String(server, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    private static func entries(of path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    private static func makeFolders(_ path: String) throws(Failure) {
        var prefix = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: true) {
            prefix += (path.hasPrefix("/") || !prefix.isEmpty ? "/" : "") + part
            if mkdir(prefix, 0o755) != 0 && errno != EEXIST { throw unwritable(prefix) }
        }
    }

    private static func unwritable(_ path: String) -> Failure {
        Failure(
            .failedPrecondition, "cannot write \(path): \(errorText(errno))",
            next: "choose another data directory with --data")
    }
}
