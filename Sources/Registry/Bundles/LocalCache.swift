import Foundations
import Glibc

/// What a data directory keeps of versions beside their bundles: all of it can be made again. Everything here blocks.
public struct LocalCache: Sendable {
    public struct Entry: Sendable {
        /// `version` or `packages`.
        public let kind: String
        public let name: String
        /// Of all its files.
        public let bytes: Int64
    }

    private let folder: String

    public init(folder: String) { self.folder = folder }

    public func entries() -> [Entry] {
        [("version", "versions"), ("packages", "packages")].flatMap { kind, name in
            FileBytes.names(in: "\(folder)/\(name)").filter { !$0.hasPrefix(".") }.map { entry in
                Entry(kind: kind, name: entry, bytes: Self.size("\(folder)/\(name)/\(entry)"))
            }
        }
    }

    /// - Returns: How many bytes were freed.
    public func clear() -> Int64 {
        let freed = entries().reduce(0) { $0 + $1.bytes }
        for name in ["versions", "packages"] {
            for entry in FileBytes.names(in: "\(folder)/\(name)") { FileBytes.remove("\(folder)/\(name)/\(entry)") }
        }
        return freed
    }

    private static func size(_ path: String) -> Int64 {
        var status = stat()
        guard lstat(path, &status) == 0 else { return 0 }
        guard status.st_mode & S_IFMT == S_IFDIR else { return Int64(status.st_size) }
        return FileBytes.names(in: path).reduce(0) { $0 + size("\(path)/\($1)") }
    }
}

extension Bundle {
    /// Writes the archive into a file. Blocks.
    public func save(to path: String) throws(Failure) { try FileBytes.write(path, bytes, mode: 0o644) }
}
