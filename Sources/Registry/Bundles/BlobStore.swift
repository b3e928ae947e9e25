import Digest
import Foundations
import Glibc

/// Bytes by their SHA-256, in a folder of the local disk. What is stored is on disk when a call returns, and is
/// verified whenever it is read. Everything here blocks.
public struct BlobStore: Sendable {
    private let folder: String

    /// - Parameter folder: Made where it is not there.
    /// - Throws: `failed_precondition`.
    public init(folder: String) throws(Failure) {
        self.folder = folder
        try FileBytes.makeFolder(folder + "/sha256")
        try FileBytes.makeFolder(folder + "/incoming")
        FileBytes.removeAbandoned(in: folder + "/incoming")
    }

    /// - Returns: SHA-256, 64 lower-case hexadecimal digits.
    @discardableResult
    public func put(_ bytes: [UInt8]) throws(Failure) -> String {
        let digest = SHA256.hash(bytes).hex
        guard !has(digest) else { return digest }
        let incoming = temporaryPath()
        do throws(Failure) {
            try FileBytes.write(incoming, bytes)
            try accept(incoming, as: digest)
        } catch {
            unlink(incoming)
            throw error
        }
        return digest
    }

    /// Takes over a file whose bytes are known to have a digest and to be on disk.
    func accept(_ file: String, as digest: String) throws(Failure) {
        let path = path(digest)
        try FileBytes.makeFolder(String(path.dropLast(65)))
        try FileBytes.syncFolder(of: String(path.dropLast(65)))
        try FileBytes.rename(file, to: path)
    }

    public func has(_ digest: String) -> Bool { FileBytes.exists(path(digest)) }

    /// - Throws: `not_found`; `failed_precondition` where the stored bytes are not those of the digest.
    public func get(_ digest: String) throws(Failure) -> [UInt8] {
        let bytes: [UInt8]
        do throws(Failure) {
            bytes = try FileBytes.read(path(digest), limit: Bundle.sizeLimit)
        } catch {
            guard error.code == .notFound else { throw error }
            throw Failure(
                .notFound, "the blob sha256:\(digest.prefix(64)) is not stored here",
                next: "restore a backup, or publish the version again")
        }
        guard SHA256.hash(bytes).hex == digest else {
            throw Failure(
                .failedPrecondition, "the stored bytes of sha256:\(digest) were changed",
                next: "restore a backup: corral catalog fsck lists what is damaged", details: ["blob": digest])
        }
        return bytes
    }

    /// Every digest that a file is there for.
    public func digests() -> [String] {
        FileBytes.names(in: folder + "/sha256").flatMap { part in
            FileBytes.names(in: "\(folder)/sha256/\(part)").filter { $0.hasPrefix(part) && Digest32(hex: $0) != nil }
        }
    }

    public func size(_ digest: String) -> Int64? { FileBytes.size(path(digest)) }

    public func remove(_ digest: String) { unlink(path(digest)) }

    /// When the blob was stored, in seconds since 1970; nil where there is none.
    func storedAt(_ digest: String) -> Int? {
        var status = stat()
        return lstat(path(digest), &status) == 0 ? Int(status.st_mtim.tv_sec) : nil
    }

    /// Of digits only: nothing that a peer sends becomes a path.
    private func path(_ digest: String) -> String {
        let name = Digest32(hex: digest)?.hex ?? "none"
        return "\(folder)/sha256/\(name.prefix(2))/\(name)"
    }

    private func temporaryPath() -> String {
        "\(folder)/incoming/.\(String(UInt64.random(in: 0 ... .max), radix: 16))"
    }
}
