import Foundations
import Glibc

/// A file that a command writes, or standard output.
final class ExportOutput {
    private let descriptor: CInt
    private var buffer: [UInt8] = []

    /// - Parameter path: Nil: standard output.
    /// - Throws: `failed_precondition`.
    init(_ path: String?) throws(Failure) {
        guard let path else {
            descriptor = STDOUT_FILENO
            return
        }
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Failure(.failedPrecondition, "cannot write \(path): \(String(cString: strerror(errno)))")
        }
    }

    deinit { if descriptor != STDOUT_FILENO { close(descriptor) } }

    func write(_ bytes: [UInt8]) throws(Failure) {
        buffer.append(contentsOf: bytes)
        if buffer.count > 1 << 20 { try finish() }
    }

    func finish() throws(Failure) {
        var rest = buffer[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw Failure(.failedPrecondition, "cannot write: \(String(cString: strerror(errno)))")
            }
            rest = rest.dropFirst(count)
        }
        buffer = []
    }
}
