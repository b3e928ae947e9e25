import Digest
import Foundations
import Glibc
import Manifests
import TestSupport
import Testing

@testable import Sessions

struct VersionDigestTests {
    private static let manifest = """
        manifest: 1
        name: test/digest
        version: 1.0.0
        launch: {process: {worker: "worker.py:Worker"}}
        """

    private func digest(_ change: (borrowing TemporaryDirectory) throws -> Void = { _ in }) throws -> String {
        let folder = try TemporaryDirectory()
        try folder.write("environment.yaml", Self.manifest)
        try folder.write("worker.py", "pass\n")
        try change(folder)
        let loaded = try VersionDigest.load([folder.path])
        #expect(loaded.problems.map(\.message) == [])
        return try #require(loaded.entries.first).digest
    }

    @Test func `it is the hash that the documentation describes`() throws {
        let folder = try TemporaryDirectory()
        try folder.write("environment.yaml", Self.manifest)
        try folder.write("worker.py", "pass\n")
        let entry = try #require(try VersionDigest.load([folder.path]).entries.first)
        var hash = SHA256()
        hash.update(entry.manifest.canonical)
        hash.update([9, 0, 0, 0, 0, 0, 0, 0])
        hash.update("worker.py")
        hash.update(SHA256.hash("pass\n").bytes)
        #expect(entry.digest == hash.finish().hex)
        #expect(folder.names().count == 2)
    }

    @Test func `the same files have the same digest, wherever they are`() throws {
        let plain = try digest()
        #expect(try digest() == plain)
        // The canonical manifest counts, not its spelling.
        #expect(try digest { try $0.write("environment.yaml", "# a comment\n" + Self.manifest) } == plain)
        #expect(try digest { try $0.write("__pycache__/worker.pyc", "x") } == plain)
        #expect(try digest { try $0.write(".hidden", "x") } == plain)
    }

    @Test func `content, names and places of files change it`() throws {
        let digests = try [
            digest(), digest { try $0.write("worker.py", "pass \n") }, digest { try $0.write("data.txt", "") },
            digest { try $0.write("data/txt", "") }, digest { try $0.write("data.txt", "x") },
            digest { try $0.write("environment.yaml", Self.manifest + "\ndescription: other") },
        ]
        #expect(Set(digests).count == digests.count)
    }

    @Test func `a file that cannot be read leaves its version out and says so`() throws {
        let folder = try TemporaryDirectory()
        try folder.write("environment.yaml", Self.manifest)
        // A folder with more than may be digested.
        let big = try folder.write("big", "")
        truncate(big, off_t(VersionDigest.byteLimit + 1))
        let loaded = try VersionDigest.load([folder.path])
        #expect(loaded.entries.isEmpty)
        #expect(loaded.problems.map(\.code) == [.invalidArgument])
        #expect(loaded.problems.first?.message.contains("256 MiB") == true)
        #expect(folder.names().count == 2)
    }
}
