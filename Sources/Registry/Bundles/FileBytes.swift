import Foundations
import Glibc

/// Files, read and written whole. Everything here blocks.
enum FileBytes {
    /// - Throws: `not_found`, `failed_precondition` where it cannot be read, `invalid_argument` beyond `limit` bytes.
    static func read(_ path: String, limit: Int = .max) throws(Failure) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else {
            throw Failure(
                errno == ENOENT ? .notFound : .failedPrecondition,
                "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, Int(status.st_size) <= limit else {
            throw Failure(.invalidArgument, "\(path): more bytes than are allowed")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                pread(file, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(done))
            }
            guard count > 0 else {
                throw Failure(.failedPrecondition, "cannot read \(path): it ends early")
            }
            done += count
        }
        return bytes
    }

    /// Writes a new file and its bytes to disk.
    ///
    /// - Throws: `resource_exhausted` without space, else `failed_precondition`.
    static func write(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o600) throws(Failure) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
        guard file >= 0 else { throw failure("write", path) }
        defer { close(file) }
        try append(bytes[...], to: file, path)
        guard fsync(file) == 0 else { throw failure("write", path) }
    }

    static func append(_ bytes: ArraySlice<UInt8>, to file: CInt, _ path: String) throws(Failure) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { throw failure("write", path) }
            rest = rest.dropFirst(count)
        }
    }

    /// Gives a file its name, and writes the name to disk.
    static func rename(_ from: String, to path: String) throws(Failure) {
        guard Glibc.rename(from, path) == 0 else { throw failure("write", path) }
        try syncFolder(of: path)
    }

    static func syncFolder(of path: String) throws(Failure) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw failure("open", folder) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw failure("write", folder) }
    }

    /// Makes a folder and those above it.
    static func makeFolder(_ path: String, mode: mode_t = 0o700) throws(Failure) {
        if mkdir(path, mode) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw failure("make", path)
        }
        try makeFolder(String(path[..<slash]), mode: mode)
        guard mkdir(path, mode) == 0 || errno == EEXIST else { throw failure("make", path) }
    }

    static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Bytes of a file; nil where there is none.
    static func size(_ path: String) -> Int64? {
        var status = stat()
        return lstat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    static func remove(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            unlink(path)
            return
        }
        for name in names(in: path) { remove(path + "/" + name) }
        rmdir(path)
    }

    /// Removes what a process that ended left behind: temporary entries, whose names begin with a dot, of an hour ago.
    static func removeAbandoned(in folder: String) {
        for name in names(in: folder) where name.hasPrefix(".") {
            var status = stat()
            guard lstat("\(folder)/\(name)", &status) == 0, time(nil) - status.st_mtim.tv_sec > 3600 else { continue }
            remove("\(folder)/\(name)")
        }
    }

    static func failure(_ what: String, _ path: String) -> Failure {
        let number = errno
        return Failure(
            number == ENOSPC || number == EDQUOT ? .resourceExhausted : .failedPrecondition,
            "cannot \(what) \(path): \(String(cString: strerror(number)))",
            next: number == ENOSPC ? "free disk space" : "check the data directory")
    }
}
