import Foundations
import Glibc
import Manifests
import Sessions

/// Versions unpacked from their bundles, each in a folder of its own. What is in the folder is compared with the digest
/// of the version when it is first used after a start; bytes that were changed are unpacked anew. Everything here blocks.
public final class VersionCache: Sendable {
    private let folder: String
    private let blobs: BlobStore
    private let known = Guarded<[String: ManifestFolder.Entry]>([:])

    public init(folder: String, blobs: BlobStore) throws(Failure) {
        self.folder = folder
        self.blobs = blobs
        try FileBytes.makeFolder(folder)
        FileBytes.removeAbandoned(in: folder)
    }

    /// The version as a folder of manifests would have it.
    ///
    /// - Parameters:
    ///   - digest: Of the version.
    ///   - bundle: Of the archive.
    /// - Throws: `not_found`, `failed_precondition` where the stored bytes are not those of the digests.
    public func entry(digest: String, bundle: String) throws(Failure) -> ManifestFolder.Entry {
        if let entry = known.withLock({ $0[digest] }) { return entry }
        let path = "\(folder)/\(digest)"
        let entry: ManifestFolder.Entry
        if let found = Self.load(path), found.digest == digest {
            entry = found
        } else {
            try unpack(digest: digest, bundle: bundle, to: path)
            guard let found = Self.load(path), found.digest == digest else {
                throw Failure(.internal, "the version sha256:\(digest) could not be unpacked")
            }
            entry = found
        }
        known.withLock { $0[digest] = entry }
        return entry
    }

    /// What is unpacked: the digests of versions.
    public func digests() -> [String] { FileBytes.names(in: folder).filter { !$0.hasPrefix(".") } }

    /// Removes an unpacked version; it is unpacked again when somebody starts it.
    public func remove(_ digest: String) {
        known.withLock { $0[digest] = nil }
        FileBytes.remove("\(folder)/\(digest)")
    }

    private func unpack(digest: String, bundle: String, to path: String) throws(Failure) {
        let archive = try Bundle(reading: try blobs.get(bundle))
        guard archive.versionDigest == digest else {
            throw Failure(
                .failedPrecondition, "the bundle sha256:\(bundle) is not that of sha256:\(digest)",
                next: "restore a backup: corral catalog fsck lists what is damaged")
        }
        let new = "\(folder)/.new-\(String(UInt64.random(in: 0 ... .max), radix: 16))"
        do throws(Failure) {
            try archive.write(to: new)
            FileBytes.remove(path)
            // Another caller may have been faster; what is there is looked at by `load`.
            if Glibc.rename(new, path) != 0 { FileBytes.remove(new) }
        } catch {
            FileBytes.remove(new)
            throw error
        }
    }

    private static func load(_ path: String) -> ManifestFolder.Entry? {
        guard FileBytes.exists(path) else { return nil }
        return try? VersionDigest.load([path]).entries.first
    }
}

extension Bundle {
    /// Writes the files into a new folder.
    ///
    /// - Throws: `already_exists`, `failed_precondition`, `resource_exhausted`.
    public func write(to folder: String) throws(Failure) {
        try FileBytes.makeFolder(String(folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)]), mode: 0o755)
        guard mkdir(folder, 0o755) == 0 else {
            if errno == EEXIST { throw Failure(.alreadyExists, "\(folder) is there already") }
            throw FileBytes.failure("make", folder)
        }
        for file in files {
            let path = "\(folder)/\(file.path)"
            let parent = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
            try FileBytes.makeFolder(parent, mode: 0o755)
            try FileBytes.write(path, file.bytes, mode: 0o755)
        }
    }
}
