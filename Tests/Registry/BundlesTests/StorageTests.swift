import Bundles
import Digest
import Foundations
import Glibc
import TestSupport
import Testing

@Suite struct StorageTests {
    private static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) } }

    private static func code(_ body: () throws -> Void) -> Failure.Code? {
        do { try body() } catch { return (error as? Failure)?.code ?? .internal }
        return nil
    }

    @Test func `a blob that was changed on disk is refused`() throws {
        let folder = try TemporaryDirectory()
        let path = folder.path
        let store = try BlobStore(folder: path)
        let digest = try store.put(Self.bytes(1000))
        #expect(try store.put(Self.bytes(1000)) == digest)
        #expect(try store.get(digest) == Self.bytes(1000))
        #expect(store.digests() == [digest])
        let file = "\(path)/sha256/\(digest.prefix(2))/\(digest)"
        try writeFile(file, Self.bytes(999))
        #expect(Self.code { _ = try store.get(digest) } == .failedPrecondition)
        #expect(Self.code { _ = try store.get(String(repeating: "0", count: 64)) } == .notFound)
        #expect(Self.code { _ = try store.get("../../etc/passwd") } == .notFound)
    }

    @Test func `an upload arrives in parts, goes on after a restart, and is refused with wrong bytes`() throws {
        let folder = try TemporaryDirectory()
        let path = folder.path
        let blobs = try BlobStore(folder: path + "/blobs")
        let whole = Self.bytes(1000)
        let digest = SHA256.hash(whole).hex
        var store = try UploadStore(folder: path + "/uploads", blobs: blobs)
        let begun = try #require(try store.begin(digest: digest, size: 1000, owner: "a"))
        #expect(begun.offset == 0)
        let id = begun.id
        #expect(try store.append(Array(whole[..<400]), to: id, at: 0, owner: "a").offset == 400)
        let again = #expect(throws: Failure.self) { try store.append(Array(whole[..<400]), to: id, at: 0, owner: "a") }
        #expect(again?.code == .conflict && again?.details["offset"] == "400")
        #expect(
            Self.code { _ = try store.append([1], to: id, at: 400, checksum: SHA256.hash([2]), owner: "a") }
                == .invalidArgument)
        #expect(Self.code { _ = try store.append(whole, to: id, at: 400, owner: "a") } == .payloadTooLarge)
        #expect(Self.code { _ = try store.status(id, owner: "b") } == .notFound)
        #expect(Self.code { _ = try store.finish(id, owner: "a") } == .failedPrecondition)
        store = try UploadStore(folder: path + "/uploads", blobs: blobs)
        #expect(try store.begin(digest: digest, size: 1000, owner: "a")?.offset == 400)
        #expect(try store.append(Array(whole[400...]), to: id, at: 400, owner: "a").offset == 1000)
        #expect(try store.finish(id, owner: "a") == digest)
        #expect(try blobs.get(digest) == whole)
        #expect(try store.begin(digest: digest, size: 1000, owner: "a") == nil)
        let other = SHA256.hash([9]).hex
        let wrong = try #require(try store.begin(digest: other, size: 1, owner: "a")).id
        _ = try store.append([8], to: wrong, at: 0, owner: "a")
        #expect(Self.code { _ = try store.finish(wrong, owner: "a") } == .failedPrecondition)
        #expect(Self.code { _ = try store.status(wrong, owner: "a") } == .notFound)
        #expect(!blobs.has(other))
    }

    @Test func `uploads have limits`() throws {
        let folder = try TemporaryDirectory()
        let path = folder.path
        let blobs = try BlobStore(folder: path + "/blobs")
        var limits = UploadStore.Limits()
        (limits.size, limits.uploads) = (10, 2)
        let store = try UploadStore(folder: path + "/uploads", blobs: blobs, limits: limits)
        func begin(_ byte: UInt8, size: Int64 = 1) -> Failure.Code? {
            Self.code { _ = try store.begin(digest: SHA256.hash([byte]).hex, size: size, owner: "a") }
        }
        #expect(begin(1, size: 11) == .payloadTooLarge)
        #expect(begin(1, size: -1) == .invalidArgument)
        #expect(begin(1) == nil)
        #expect(begin(2) == nil)
        #expect(begin(2) == nil)
        #expect(begin(3) == .resourceExhausted)
        #expect(Self.code { _ = try store.begin(digest: "../x", size: 1, owner: "a") } == .invalidArgument)
    }

    @Test func `an unpacked version that was changed is unpacked anew, and a swapped bundle is refused`() throws {
        let folder = try TemporaryDirectory()
        let path = folder.path
        try folder.write("env/environment.yaml", manifest)
        try folder.write("env/worker.py", "x = 1\n")
        let bundle = try Bundle(packing: path + "/env")
        let blobs = try BlobStore(folder: path + "/blobs")
        try blobs.put(bundle.bytes)
        func entry() throws -> String {
            // As after a restart.
            try VersionCache(folder: path + "/cache", blobs: blobs)
                .entry(digest: bundle.versionDigest, bundle: bundle.digest).directory
        }
        let unpacked = try entry()
        #expect(try entry() == unpacked)
        try writeFile(unpacked + "/worker.py", Array("x = 2\n".utf8))
        #expect(try readFile(try entry() + "/worker.py") == Array("x = 1\n".utf8))
        try writeFile(unpacked + "/extra.py", Array("y".utf8))
        _ = try entry()
        #expect(access(unpacked + "/extra.py", F_OK) != 0)
        try folder.write("env/worker.py", "x = 3\n")
        let other = try Bundle(packing: path + "/env")
        try blobs.put(other.bytes)
        let cache = try VersionCache(folder: path + "/cache2", blobs: blobs)
        #expect(
            Self.code { _ = try cache.entry(digest: bundle.versionDigest, bundle: other.digest) } == .failedPrecondition
        )
    }
}
