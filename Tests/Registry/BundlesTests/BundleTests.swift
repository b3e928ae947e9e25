import Bundles
import Digest
import Foundations
import Glibc
import Manifests
import Sessions
import TestSupport
import Testing

let manifest = """
    manifest: 1
    name: ns/Env
    version: 1.0.0
    launch: {process: {worker: "worker.py:Env"}}

    """

@Suite struct BundleTests {
    private static func fill(_ folder: borrowing TemporaryDirectory, _ more: [(String, String)] = []) throws {
        let files = [("environment.yaml", manifest), ("worker.py", "class Env: pass\n"), ("data/a.txt", "a")] + more
        for (name, text) in files { try folder.write(name, text) }
    }

    @Test func `the same files give the same bytes, whatever their modes, times and order`() throws {
        let first = try TemporaryDirectory()
        let second = try TemporaryDirectory()
        try Self.fill(first)
        for (name, text) in [("data/a.txt", "a"), ("worker.py", "class Env: pass\n"), ("environment.yaml", manifest)] {
            try second.write(name, text)
        }
        chmod(second.path + "/worker.py", 0o600)
        try second.write(".hidden", "x")
        try second.write("__pycache__/worker.pyc", "x")
        let bundle = try Bundle(packing: first.path)
        #expect(try Bundle(packing: second.path).bytes == bundle.bytes)
        #expect(bundle.files.map(\.path) == ["data/a.txt", "environment.yaml", "worker.py"])
        // What other machines have to get as well.
        #expect(bundle.digest == "a10a336f5f353850b0a615f9f9eb48ae2a2a70187c6c3e1663d80e30b6cfbd88")
    }

    @Test func `a bundle has the digest of its folder, and what is unpacked has it as well`() throws {
        let folder = try TemporaryDirectory()
        try Self.fill(folder, [(String(repeating: "d", count: 90) + "/" + String(repeating: "f", count: 90), "long")])
        let bundle = try Bundle(packing: folder.path)
        let served = try VersionDigest.load([folder.path]).entries
        #expect(served.map(\.digest) == [bundle.versionDigest])
        let read = try Bundle(reading: bundle.bytes)
        #expect(read.versionDigest == bundle.versionDigest && read.digest == bundle.digest)
        let copy = try TemporaryDirectory()
        try read.write(to: copy.path + "/out")
        #expect(try VersionDigest.load([copy.path]).entries.map(\.digest) == [bundle.versionDigest])
        let listed = try run(["tar", "-tf", "/dev/stdin"], input: bundle.bytes)
        #expect(listed.status == 0 && listed.text.split(separator: "\n").count == 4)
    }

    @Test func `every changed byte is refused, or gives another digest`() throws {
        let folder = try TemporaryDirectory()
        try Self.fill(folder)
        let bundle = try Bundle(packing: folder.path)
        for place in 0..<bundle.bytes.count {
            var bytes = bundle.bytes
            bytes[place] ^= 0x21
            guard let read = try? Bundle(reading: bytes) else { continue }
            #expect(read.versionDigest != bundle.versionDigest || read.manifest == bundle.manifest, "byte \(place)")
            #expect(read.digest != bundle.digest)
        }
        for bytes in [[], Array(bundle.bytes.dropLast(512)), bundle.bytes + [0], Array(bundle.bytes.dropFirst(512))] {
            #expect(throws: Failure.self) { try Bundle(reading: bytes) }
        }
    }

    @Test func `archives of other programs are refused, and so are paths that lead out of the folder`() throws {
        let folder = try TemporaryDirectory()
        try Self.fill(folder)
        let other = try run(["tar", "-cf", "-", "-C", folder.path, "environment.yaml", "worker.py"])
        #expect(throws: Failure.self) { try Bundle(reading: other.output) }
        let bundle = try Bundle(packing: folder.path)
        for path in ["../b.txt12", "/etc/a.txt", "data/..txt", "data//a.tx"] where path.utf8.count == 10 {
            var bytes = bundle.bytes
            bytes.replaceSubrange(0..<10, with: path.utf8)
            // With the sum that the header would have to have.
            bytes.replaceSubrange(148..<156, with: Array("        ".utf8))
            let sum = String(bytes[0..<512].reduce(0) { $0 + Int($1) }, radix: 8)
            let digits = String(repeating: "0", count: 6 - sum.count) + sum
            bytes.replaceSubrange(148..<156, with: Array(digits.utf8) + [0, 0x20])
            #expect(throws: Failure.self, "\(path)") { try Bundle(reading: bytes) }
        }
    }

    @Test func `what cannot be published says how to mend it`() throws {
        func failure(_ manifest: String, _ more: [(String, String)] = []) throws -> Failure? {
            let folder = try TemporaryDirectory()
            for (name, text) in [("environment.yaml", manifest)] + more { try folder.write(name, text) }
            do throws(Failure) { try Bundle(packing: folder.path).checkPublishable() } catch { return error }
            return nil
        }
        let head = "manifest: 1\nname: ns/Env\nversion: 1.0.0\n"
        let hash = String(repeating: "a", count: 64)
        let docker = "launch: {docker: {image: 'IMAGE', command: [x]}}\n"
        func image(_ name: String) -> String { head + docker.replacing("IMAGE", with: name) }
        #expect(try failure(image("python:3.12"))?.code == .failedPrecondition)
        #expect(try failure(image("python"))?.code == .failedPrecondition)
        #expect(try failure(image("python@sha256:\(hash.dropLast())"))?.code == .failedPrecondition)
        #expect(try failure(image("repo/python@sha256:\(hash)")) == nil)
        #expect(try failure(image("sha256:\(hash)")) == nil)
        let needs = head + "launch: {process: {worker: 'w:E', requirements: [numpy]LOCK}}\n"
        #expect(try failure(needs.replacing("LOCK", with: ""))?.code == .failedPrecondition)
        let locked = needs.replacing("LOCK", with: ", lock: r.txt")
        #expect(try failure(locked)?.code == .failedPrecondition)
        #expect(try failure(locked, [("r.txt", "numpy==1.0")])?.code == .invalidArgument)
        #expect(try failure(locked, [("r.txt", "other==1.0 --hash=sha256:\(hash)")])?.code == .failedPrecondition)
        #expect(try failure(locked, [("r.txt", "numpy==1.0 --hash=sha256:\(hash)")]) == nil)
        let asset = head + "launch: {process: {worker: 'w:E'}}\nassets: [{path: a.bin, sha256: HASH}]\n"
        #expect(try failure(asset.replacing("HASH", with: hash))?.code == .failedPrecondition)
        #expect(try failure(asset.replacing("HASH", with: hash), [("a.bin", "x")])?.code == .failedPrecondition)
        #expect(try failure(asset.replacing("HASH", with: SHA256.hash("x").hex), [("a.bin", "x")]) == nil)
    }

    @Test func `a lock holds releases with hashes and nothing else`() throws {
        let hash = String(repeating: "b", count: 64)
        let text = """
            # by pip-compile
            Foo_Bar[extra]==1.2.3 ; python_version < "3.13" \\
                --hash=sha256:\(hash) \\
                --hash=sha256:\(String(repeating: "a", count: 64))
                # via x
            baz==2!1.0+local --hash=sha256:\(hash)
            """
        let lock = try RequirementsLock(parsing: text, file: "r.txt")
        #expect(lock.pins.map(\.name) == ["foo-bar", "baz"])
        #expect(try RequirementsLock(parsing: lock.text, file: "r.txt").digest == lock.digest)
        for line in [
            "foo", "foo==1.0", "foo>=1 --hash=sha256:\(hash)", "-r other.txt", "-e .", "--index-url https://x/",
            "foo @ https://x/foo.whl --hash=sha256:\(hash)", "./foo.whl --hash=sha256:\(hash)",
            "foo==1.0 --hash=md5:aa", "foo==1.0 --hash=sha256:zz", "foo==1.0 --hash=sha256:\(hash) --pre",
            "foo==1.* --hash=sha256:\(hash)", "foo==1.0 --hash=sha256:\(hash) \\",
        ] {
            let failure = #expect(throws: Failure.self, "\(line)") {
                try RequirementsLock(parsing: line, file: "r.txt")
            }
            #expect(failure?.code == .invalidArgument)
        }
    }
}
