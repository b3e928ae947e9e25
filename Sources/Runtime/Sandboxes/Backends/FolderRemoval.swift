import Glibc

/// Removes a folder with everything in it; links are removed, not followed.
public enum FolderRemoval {
    public static func remove(_ path: String) {
        if rmdir(path) == 0 || errno == ENOENT { return }
        empty(open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), depth: 0)
        rmdir(path)
    }

    /// Deeper folders than this stay: each level holds a descriptor.
    private static let deepest = 200

    /// Takes over `folder`.
    private static func empty(_ folder: CInt, depth: Int) {
        guard folder >= 0, let entries = fdopendir(folder) else { return }
        defer { closedir(entries) }
        fchmod(folder, 0o700)
        while let entry = readdir(entries) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name == "." || name == ".." || unlinkat(folder, name, 0) == 0 { continue }
            if depth < deepest {
                empty(openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), depth: depth + 1)
            }
            unlinkat(folder, name, AT_REMOVEDIR)
        }
    }
}
