import Glibc

/// Says that the server which made some folders lives: it holds a lock on each until it ends, however it ends.
///
/// A sticky bit marks folders whose server does so; what has none is never taken for abandoned.
final class FolderLocks: Sendable {
    private let folders: [CInt]

    /// Locks and marks the folders of this server.
    ///
    /// - Returns: Nil where one of them is gone, or locked by another.
    init?(own paths: [String]) {
        guard let folders = Self.lock(paths) else { return nil }
        self.folders = folders
        for folder in folders { fchmod(folder, 0o1755) }
    }

    /// Locks a folder whose server is gone.
    ///
    /// - Returns: Nil where it lives, or is not known to lock its folders.
    init?(abandoned path: String) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_ISVTX != 0, let folders = Self.lock([path]) else {
            return nil
        }
        self.folders = folders
    }

    deinit { for folder in folders { close(folder) } }

    private static func lock(_ paths: [String]) -> [CInt]? {
        var folders: [CInt] = []
        for path in paths {
            guard let folder = lock(path) else {
                for folder in folders { close(folder) }
                return nil
            }
            folders.append(folder)
        }
        return folders
    }

    private static func lock(_ path: String) -> CInt? {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard folder >= 0 else { return nil }
        var held = stat()
        var named = stat()
        // The folder may have been removed, and made anew, before the lock was there.
        guard flock(folder, LOCK_EX | LOCK_NB) == 0, fstat(folder, &held) == 0, lstat(path, &named) == 0,
            held.st_ino == named.st_ino, held.st_dev == named.st_dev
        else {
            close(folder)
            return nil
        }
        return folder
    }
}
