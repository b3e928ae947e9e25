import Digest
import Foundations
import Manifests
import Sessions

/// The bytes of one version: its manifest and the files beside it, in the one form that they can have.
public struct Bundle: Sendable {
    public struct File: Sendable {
        public let path: String
        public let bytes: [UInt8]
    }

    public let manifest: Manifest
    /// Sorted, with the manifest.
    public let files: [File]
    /// The archive.
    public let bytes: [UInt8]
    /// SHA-256 of the archive, 64 lower-case hexadecimal digits.
    public let digest: String
    /// Of the version: the same as that of the folder it was packed from.
    public let versionDigest: String

    /// The largest archive, in bytes.
    public static let sizeLimit = VersionDigest.byteLimit + VersionDigest.fileLimit * 1024

    /// Packs the folder of a manifest. Hidden files, `__pycache__` and links are left out, as the digest leaves them out.
    ///
    /// - Throws: `not_found` without a manifest, `invalid_argument` where that is wrong or the folder too large.
    public init(packing folder: String) throws(Failure) {
        var entries: [TarArchive.Entry] = []
        var budget = VersionDigest.byteLimit
        for path in try VersionDigest.paths(below: folder) {
            let bytes = try FileBytes.read("\(folder)/\(path)", limit: budget)
            budget -= bytes.count
            entries.append(TarArchive.Entry(path: path, bytes: bytes))
        }
        if !entries.contains(where: { $0.path == Manifest.fileName }) {
            throw Failure(
                .notFound, "\(folder) has no \(Manifest.fileName)", next: "name the folder of an environment")
        }
        try self.init(entries, bytes: try TarArchive.pack(entries))
    }

    /// Reads an archive.
    ///
    /// - Throws: `invalid_argument` for anything that `init(packing:)` would not have made.
    public init(reading bytes: [UInt8]) throws(Failure) {
        guard bytes.count <= Self.sizeLimit else {
            throw Failure(.payloadTooLarge, "the bundle has more than \(Self.sizeLimit >> 20) MiB")
        }
        try self.init(try TarArchive.unpack(bytes, fileLimit: VersionDigest.fileLimit), bytes: bytes)
    }

    private init(_ entries: [TarArchive.Entry], bytes: [UInt8]) throws(Failure) {
        for entry in entries { try Self.check(entry.path) }
        guard let text = entries.first(where: { $0.path == Manifest.fileName })?.bytes else {
            throw Failure(.invalidArgument, "the bundle has no \(Manifest.fileName)")
        }
        guard let text = String(validating: text, as: UTF8.self) else {
            throw Failure(.invalidArgument, "\(Manifest.fileName) is not UTF-8")
        }
        manifest = try Manifest(parsing: text)
        files = entries.map { File(path: $0.path, bytes: $0.bytes) }
        self.bytes = bytes
        digest = SHA256.hash(bytes).hex
        let others = files.filter { $0.path != Manifest.fileName }
        versionDigest = VersionDigest.digest(
            of: manifest, files: others.map { (path: $0.path, digest: SHA256.hash($0.bytes)) })
    }

    public func file(_ path: String) -> File? { files.first { $0.path == path } }

    /// A path below a folder that the digest counts.
    private static func check(_ path: String) throws(Failure) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = path.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f && $0.value != 0xfffd }
        guard isPlain, parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") && $0 != "__pycache__" }) else {
            throw Failure(.invalidArgument, "`\(path.prefix(300))` cannot be in a bundle", next: "rename the file")
        }
    }
}

// What a version has to be to be published.
extension Bundle {
    /// - Throws: `invalid_argument`, `failed_precondition` with what is wrong and how to mend it.
    public func checkPublishable() throws(Failure) {
        for asset in manifest.assets {
            guard let file = file(asset.path) else {
                throw Failure(.failedPrecondition, "the asset \(asset.path) is not in the folder")
            }
            let found = SHA256.hash(file.bytes).hex
            guard found == asset.sha256 else {
                throw Failure(
                    .failedPrecondition, "the asset \(asset.path) has the SHA-256 \(found), not what the manifest says",
                    next: "restore the file, or change `assets`")
            }
        }
        for launch in manifest.launches {
            if let image = launch.image { try Self.checkImage(image, of: manifest) }
            guard !launch.requirements.isEmpty || launch.lock != nil else { continue }
            _ = try lock(of: launch)
        }
    }

    /// The lock of a launch with requirements; nil where it has none.
    ///
    /// - Throws: `failed_precondition`, `invalid_argument` where the lock is missing or wrong.
    public func lock(of launch: Launch) throws(Failure) -> RequirementsLock? {
        guard launch.backend != .docker else { return nil }
        guard let path = launch.lock else {
            guard launch.requirements.isEmpty else {
                throw Failure(
                    .failedPrecondition,
                    "\(manifest.reference) has requirements for \(launch.backend.rawValue), and no lock",
                    next: "write one with `pip-compile --generate-hashes` and name it in "
                        + "launch.\(launch.backend.rawValue).lock")
            }
            return nil
        }
        guard let file = file(path) else {
            throw Failure(.failedPrecondition, "the lock \(path) is not in the folder")
        }
        let lock = try RequirementsLock(parsing: String(decoding: file.bytes, as: UTF8.self), file: path)
        for requirement in launch.requirements {
            let name = RequirementsLock.normalised(requirement)
            guard lock.pins.contains(where: { $0.name == name }) else {
                throw Failure(
                    .failedPrecondition, "the lock \(path) does not have \(requirement)", next: "write the lock again")
            }
        }
        return lock
    }

    private static func checkImage(_ image: String, of manifest: Manifest) throws(Failure) {
        let digest = image.split(separator: "@", maxSplits: 1).last.flatMap { part in
            part.hasPrefix("sha256:") ? part.dropFirst(7) : nil
        }
        let isDigest = digest.map { $0.utf8.count == 64 && Digest32(hex: $0) != nil } ?? false
        guard isDigest else {
            throw Failure(
                .failedPrecondition, "\(manifest.reference) names its image by a tag: \(image)",
                next: "a tag can move: name the image by its digest, REPOSITORY@sha256:… (docker inspect shows it)")
        }
    }
}
