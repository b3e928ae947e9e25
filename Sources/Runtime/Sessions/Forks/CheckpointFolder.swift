import Foundations
import Glibc
import JSON
import Reactor

/// Checkpoints in files of the data directory: each written whole or not at all.
public struct CheckpointFolder: Sendable {
    private let path: String
    /// No more than so many, of all tenants together.
    private let capacity: Int

    /// - Throws: `failed_precondition` where the folder cannot be made.
    public init(data: String, capacity: Int = 10_000) throws(Failure) {
        path = data + "/checkpoints"
        self.capacity = capacity
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Self.unwritable(path) }
    }

    /// - Throws: `resource_exhausted`, `failed_precondition`.
    func write(_ checkpoint: Checkpoint) throws(Failure) {
        guard ids().count < capacity else {
            throw Failure(
                .resourceExhausted, "there are \(capacity) checkpoints already", next: "discard some",
                details: ["checkpoints": "\(capacity)"])
        }
        let temporary = "\(path)/.\(checkpoint.id)"
        let bytes = checkpoint.json.encoded()
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.unwritable(path) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(file, $0.baseAddress.map { $0 + written }, bytes.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            written += count
        }
        let isSafe = written == bytes.count && fsync(file) == 0
        guard close(file) == 0, isSafe, rename(temporary, place(of: checkpoint.id)) == 0 else {
            unlink(temporary)
            throw Self.unwritable(path)
        }
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        fsync(folder)
        close(folder)
    }

    /// Nil where there is none, or the file is no checkpoint.
    func read(_ id: UniqueID) -> Checkpoint? {
        let file = open(place(of: id), O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, let size = Int(exactly: status.st_size) else { return nil }
        var bytes = [UInt8](repeating: 0, count: size)
        var filled = 0
        while filled < size {
            let count = bytes.withUnsafeMutableBytes {
                Glibc.read(file, $0.baseAddress.map { $0 + filled }, size - filled)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return nil }
            filled += count
        }
        return (try? JSONValue(parsing: bytes)).flatMap { Checkpoint(json: $0) }
    }

    func remove(_ id: UniqueID) { unlink(place(of: id)) }

    /// Oldest first.
    func all() -> [Checkpoint] { ids().compactMap { read($0) } }

    private func ids() -> [UniqueID] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var found: [(String, UniqueID)] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let id = UniqueID(name), "\(id)" == name { found.append((name, id)) }
        }
        return found.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private func place(of id: UniqueID) -> String { "\(path)/\(id)" }

    private static func unwritable(_ path: String) -> Failure {
        Failure(
            .failedPrecondition, "cannot write \(path): \(errorText(errno))",
            next: "look at the disk of the data directory")
    }
}
