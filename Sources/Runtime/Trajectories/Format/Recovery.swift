import Foundations
import Glibc

/// What mending a file that was not sealed did.
public struct TrajectoryRecovery: Sendable, Equatable {
    /// Bytes behind the last whole chunk, which were cut off.
    public var cutBytes: Int
    public var records: Int
}

extension TrajectoryFile {
    /// Seals a file whose server ended in the middle: what is behind the last whole chunk is cut off.
    ///
    /// - Returns: Nil where the file is sealed already, or another process writes it.
    /// - Throws: `failed_precondition` where it is no trajectory.
    public static func recover(_ path: String) throws(Failure) -> TrajectoryRecovery? {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(.failedPrecondition, "cannot open \(path): \(errnoText())") }
        var owned = true
        defer { if owned { close(descriptor) } }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
        let file = try TrajectoryFile(path)
        guard file.end == nil else { return nil }
        var scan = FileScan(
            file.bytes, from: file.firstOffset, seal: file.headerSeal, base: file.header.base, checks: true)
        if let last = scan.chunks.indices.last { scan.count(episodesOf: try file.chunk(last)) }
        guard ftruncate(descriptor, scan.end) == 0 else {
            throw Failure(.unavailable, "cannot cut \(path): \(errnoText())")
        }
        let writer = try TrajectoryWriter(reopening: path, descriptor, scan: scan)
        owned = false
        _ = try writer.finish(state: "interrupted", reason: "server_ended")
        return TrajectoryRecovery(cutBytes: file.size - scan.end, records: writer.records)
    }
}
