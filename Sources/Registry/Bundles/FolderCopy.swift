import Foundations
import Glibc

/// Copies what a program of another user wrote, so that the copy is the server's own.
enum FolderCopy {
    /// Copies folders and regular files, and makes them readable for everybody and writable for nobody else. Blocks.
    ///
    /// - Throws: `failed_precondition` for anything else, such as a link: a wheel has none.
    static func copy(_ source: String, to target: String) throws(Failure) {
        guard mkdir(target, 0o755) == 0 || errno == EEXIST else { throw FileBytes.failure("make", target) }
        for name in FileBytes.names(in: source) {
            let (from, to) = ("\(source)/\(name)", "\(target)/\(name)")
            var status = stat()
            guard lstat(from, &status) == 0 else { throw FileBytes.failure("read", from) }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try copy(from, to: to)
            case S_IFREG: try copyFile(from, to: to, mode: status.st_mode & 0o100 == 0 ? 0o644 : 0o755)
            default:
                throw Failure(.failedPrecondition, "\(name) is neither a file nor a folder and cannot be installed")
            }
        }
    }

    private static func copyFile(_ from: String, to: String, mode: mode_t) throws(Failure) {
        let input = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard input >= 0 else { throw FileBytes.failure("read", from) }
        defer { close(input) }
        let output = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard output >= 0 else { throw FileBytes.failure("write", to) }
        defer { close(output) }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(input, &buffer, buffer.count)
            guard count >= 0 else { throw FileBytes.failure("read", from) }
            if count == 0 { break }
            try FileBytes.append(buffer[..<count], to: output, to)
        }
        fchmod(output, mode)
    }
}
