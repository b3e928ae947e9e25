import Digest
import Foundations
import Glibc
import Manifests

/// The digest of a version that is served from a folder: of its manifest and of every file beside it.
///
/// SHA-256 over the manifest's canonical bytes, then for each file, sorted by path: the path's length (8 bytes,
/// little-endian), the path, and the SHA-256 of its contents. Hidden files and `__pycache__` do not count.
public enum VersionDigest {
    /// The most files and bytes of one folder.
    public static let fileLimit = 10_000
    public static let byteLimit = 256 << 20

    /// Loads manifests with digests that cover their folders.
    ///
    /// - Throws: `not_found` where one of the folders cannot be read.
    public static func load(_ directories: [String]) throws(Failure) -> ManifestFolder {
        let loaded = try ManifestFolder.load(directories) { SHA256.hash($0).hex }
        var entries: [ManifestFolder.Entry] = []
        var problems = loaded.problems
        for entry in loaded.entries {
            do throws(Failure) {
                var covered = entry
                covered.digest = try digest(of: entry)
                entries.append(covered)
            } catch { problems.append(error) }
        }
        return ManifestFolder(entries, problems: problems)
    }

    /// The digest of a version that has no folder of its own, only a file that it starts.
    ///
    /// - Throws: `failed_precondition` where the file cannot be read, `invalid_argument` where it is too large.
    public static func digest(of manifest: Manifest, file: String?) throws(Failure) -> String {
        var hash = SHA256()
        hash.update(manifest.canonical)
        var budget = byteLimit
        if let file { hash.update(try contents(file, &budget).bytes) }
        return hash.finish().hex
    }

    private static func digest(of entry: ManifestFolder.Entry) throws(Failure) -> String {
        var budget = byteLimit
        var files: [(path: String, digest: Digest32)] = []
        for path in try paths(below: entry.directory) where path != Manifest.fileName {
            files.append((path, try contents("\(entry.directory)/\(path)", &budget)))
        }
        return digest(of: entry.manifest, files: files)
    }

    /// The digest of a manifest and the files beside it.
    ///
    /// - Parameter files: Without the manifest, sorted by the bytes of their paths.
    public static func digest(of manifest: Manifest, files: [(path: String, digest: Digest32)]) -> String {
        var hash = SHA256()
        hash.update(manifest.canonical)
        for file in files {
            withUnsafeBytes(of: UInt64(file.path.utf8.count).littleEndian) { hash.update($0) }
            hash.update(file.path)
            hash.update(file.digest.bytes)
        }
        return hash.finish().hex
    }

    /// The paths of the files that belong to a version, below its folder and sorted by their bytes.
    ///
    /// - Throws: `invalid_argument` where there are too many.
    public static func paths(below folder: String) throws(Failure) -> [String] {
        var found: [String] = []
        var pending = [""]
        while let prefix = pending.popLast() {
            guard let handle = opendir("\(folder)/\(prefix)") else { continue }
            defer { closedir(handle) }
            while let entry = readdir(handle) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { raw in
                    String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name.hasPrefix(".") || name == "__pycache__" { continue }
                var status = stat()
                guard lstat("\(folder)/\(prefix)\(name)", &status) == 0 else { continue }
                switch status.st_mode & S_IFMT {
                case S_IFDIR: pending.append("\(prefix)\(name)/")
                case S_IFREG: found.append(prefix + name)
                default: break
                }
            }
            guard found.count <= fileLimit else { throw tooLarge(folder, "more than \(fileLimit) files") }
        }
        return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func contents(_ path: String, _ budget: inout Int) throws(Failure) -> Digest32 {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else {
            throw Failure(.failedPrecondition, "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(file) }
        var hash = SHA256()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(file, &buffer, buffer.count)
            guard count > 0 else { return hash.finish() }
            budget -= count
            guard budget >= 0 else { throw tooLarge(path, "more than \(byteLimit >> 20) MiB beside the manifest") }
            hash.update(buffer[..<count])
        }
    }

    private static func tooLarge(_ path: String, _ what: String) -> Failure {
        Failure(
            .invalidArgument, "\(path): \(what)", next: "keep large data outside of the folder and mount it as a volume"
        )
    }
}
