import Foundations
import Glibc

extension YAMLNode {
    /// Reads a file that holds exactly one YAML document.
    ///
    /// - Throws: `notFound` or `permissionDenied` where it cannot be read, else as `init(parsing:file:limits:)`.
    public init(file path: String, limits: YAMLLimits = .standard) throws(Failure) {
        try self.init(parsing: Self.bytes(ofFile: path, limits: limits), file: path, limits: limits)
    }

    /// The bytes of a regular file within the limit of size.
    ///
    /// - Throws: `notFound`, `permissionDenied`, or `invalidArgument` where it is no file or too large.
    public static func bytes(ofFile path: String, limits: YAMLLimits = .standard) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(errno, path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(errno, path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(.invalidArgument, "\(path) is no file") }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while bytes.count <= limits.size {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(errno, path) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
        throw Failure(.invalidArgument, "\(path) is larger than the limit of \(limits.size) bytes")
    }

    private static func failure(_ error: Int32, _ path: String) -> Failure {
        let reason = String(cString: strerror(error))
        return Failure(error == EACCES ? .permissionDenied : .notFound, "cannot read \(path): \(reason)")
    }
}
