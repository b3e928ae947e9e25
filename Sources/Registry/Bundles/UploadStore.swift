import Digest
import Foundations
import Glibc
import JSON

/// An upload that goes on: what was announced, and how much has arrived.
public struct UploadStatus: Sendable, Hashable {
    public let id: String
    /// SHA-256 of the whole, 64 lower-case hexadecimal digits.
    public let digest: String
    /// Bytes of the whole.
    public let size: Int64
    /// Bytes that are on disk.
    public let offset: Int64
    public let expiresAt: Timestamp
}

/// Blobs that arrive in parts: each part is on disk before it is acknowledged, and an upload can go on after either side
/// was restarted. Everything here blocks.
public final class UploadStore: Sendable {
    public struct Limits: Sendable {
        /// Of one upload, in bytes.
        public var size = Int64(Bundle.sizeLimit)
        /// How many may go on at the same time.
        public var uploads = 64
        /// How long an upload may rest.
        public var lifetime = Duration.seconds(24 * 3600)

        public init() {}
    }

    private let folder: String
    private let blobs: BlobStore
    public let limits: Limits
    /// The uploads that a call works on.
    private let busy = Guarded<Set<String>>([])

    public init(folder: String, blobs: BlobStore, limits: Limits = Limits()) throws(Failure) {
        self.folder = folder
        self.blobs = blobs
        self.limits = limits
        try FileBytes.makeFolder(folder)
    }

    /// Begins an upload, or finds the one of the same caller and bytes that has begun.
    ///
    /// - Returns: Nil where the blob is stored already.
    /// - Throws: `invalid_argument`, `payload_too_large`, `resource_exhausted`.
    public func begin(digest: String, size: Int64, owner: String) throws(Failure) -> UploadStatus? {
        guard Digest32(hex: digest)?.hex == digest else {
            throw Failure(.invalidArgument, "the digest has to be sha256: and 64 small hexadecimal digits")
        }
        guard size >= 0 else { throw Failure(.invalidArgument, "the size is negative") }
        guard size <= limits.size else {
            throw Failure(
                .payloadTooLarge, "a blob has at most \(limits.size) bytes",
                next: "keep large data outside of the folder"
            )
        }
        if blobs.has(digest) { return nil }
        removeExpired()
        let id = Self.id(digest: digest, size: size, owner: owner)
        try claim(id)
        defer { release(id) }
        if let known = try? status(id, owner: owner) { return known }
        guard FileBytes.names(in: folder).count < limits.uploads else {
            throw Failure(
                .resourceExhausted, "\(limits.uploads) uploads go on already", next: "try again later")
        }
        try FileBytes.makeFolder(path(id))
        let description: JSONValue = [
            "digest": .string(digest), "size": .integer(size), "owner": .string(owner),
        ]
        try FileBytes.write(path(id) + "/part", [])
        try FileBytes.write(path(id) + "/description.new", description.encoded())
        try FileBytes.rename(path(id) + "/description.new", to: path(id) + "/description")
        return try status(id, owner: owner)
    }

    /// - Throws: `not_found`.
    public func status(_ id: String, owner: String) throws(Failure) -> UploadStatus {
        let missing = Failure(
            .notFound, "there is no upload \(id.prefix(64))", next: "begin it again: POST /v1/uploads")
        guard Digest32(hex: id)?.hex == id, let text = try? FileBytes.read(path(id) + "/description", limit: 4096),
            let description = try? JSONValue(parsing: text), description["owner"]?.string == owner,
            let digest = description["digest"]?.string, let size = description["size"]?.integer,
            let offset = FileBytes.size(path(id) + "/part")
        else { throw missing }
        let changed = Self.changedAt(path(id) + "/part")
        return UploadStatus(
            id: id, digest: digest, size: size, offset: offset, expiresAt: changed.advanced(by: limits.lifetime))
    }

    /// Adds the next part.
    ///
    /// - Parameter checksum: SHA-256 of the part, where the caller gives one.
    /// - Throws: `conflict` with `offset` in its details where the part is not the next one, `invalid_argument` for a wrong
    ///   checksum, `payload_too_large` beyond the announced size, `busy` while another part is written.
    public func append(
        _ part: [UInt8], to id: String, at offset: Int64, checksum: Digest32? = nil, owner: String
    ) throws(Failure) -> UploadStatus {
        try claim(id)
        defer { release(id) }
        let status = try status(id, owner: owner)
        guard status.offset == offset else {
            throw Failure(
                .conflict, "the upload has \(status.offset) bytes, and the part begins at \(offset)",
                next: "go on at \(status.offset)", details: ["offset": "\(status.offset)"])
        }
        guard Int64(part.count) <= status.size - offset else {
            throw Failure(.payloadTooLarge, "the upload has more than the \(status.size) bytes that were announced")
        }
        guard checksum == nil || checksum == SHA256.hash(part) else {
            throw Failure(.invalidArgument, "the part does not have the checksum that was sent", next: "send it again")
        }
        let file = open(path(id) + "/part", O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { throw FileBytes.failure("write", path(id)) }
        defer { close(file) }
        do throws(Failure) {
            try FileBytes.append(part[...], to: file, path(id))
            guard fdatasync(file) == 0 else { throw FileBytes.failure("write", path(id)) }
        } catch {
            // What was not acknowledged is taken back, so that the offset stays what the caller knows.
            ftruncate(file, off_t(offset))
            throw error
        }
        return try self.status(id, owner: owner)
    }

    /// Makes the blob of an upload that is complete.
    ///
    /// - Returns: SHA-256, 64 lower-case hexadecimal digits.
    /// - Throws: `failed_precondition` where bytes are missing or are not those that were announced: then it begins anew.
    public func finish(_ id: String, owner: String) throws(Failure) -> String {
        try claim(id)
        defer { release(id) }
        let status = try status(id, owner: owner)
        guard status.offset == status.size else {
            throw Failure(
                .failedPrecondition, "the upload has \(status.offset) of \(status.size) bytes",
                next: "go on at \(status.offset)", details: ["offset": "\(status.offset)"])
        }
        let part = path(id) + "/part"
        let found = SHA256.hash(try FileBytes.read(part, limit: Int(limits.size))).hex
        guard found == status.digest else {
            FileBytes.remove(path(id))
            throw Failure(
                .failedPrecondition, "the bytes have the SHA-256 \(found), not what was announced",
                next: "upload them again from the start")
        }
        try blobs.accept(part, as: status.digest)
        FileBytes.remove(path(id))
        return status.digest
    }

    /// Forgets an upload.
    public func cancel(_ id: String, owner: String) throws(Failure) {
        try claim(id)
        defer { release(id) }
        _ = try status(id, owner: owner)
        FileBytes.remove(path(id))
    }

    private func claim(_ id: String) throws(Failure) {
        guard busy.withLock({ $0.insert(id).inserted }) else {
            throw Failure(.busy, "another part of the upload is being written", next: "wait for its answer")
        }
    }

    private func release(_ id: String) { busy.withLock { _ = $0.remove(id) } }

    private func removeExpired() {
        for id in FileBytes.names(in: folder) {
            let end = Self.changedAt(path(id) + "/part").advanced(by: limits.lifetime)
            guard end < .now, busy.withLock({ $0.insert(id).inserted }) else { continue }
            FileBytes.remove(path(id))
            release(id)
        }
    }

    private func path(_ id: String) -> String { folder + "/" + id }

    /// The same for the same caller and bytes, so that an upload is found again.
    private static func id(digest: String, size: Int64, owner: String) -> String {
        SHA256.hash("\(digest) \(size) \(owner)").hex
    }

    private static func changedAt(_ path: String) -> Timestamp {
        var status = stat()
        guard lstat(path, &status) == 0 else { return Timestamp(microseconds: 0) }
        return Timestamp(microseconds: Int64(status.st_mtim.tv_sec) * 1_000_000)
    }
}
