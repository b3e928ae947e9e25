import Foundations
import Sandboxes
import Testing

struct HostVolumeTests {
    private func volume(_ text: String) throws(Failure) -> HostVolume {
        try HostVolume(text, home: "/home/me", directory: "/srv/here")
    }

    @Test(arguments: [
        ("/a:/b", "/a:/b:rw"), ("/a:/b:ro", "/a:/b:ro"), ("/a:/b:rw", "/a:/b:rw"), ("/a", "/a:/a:rw"),
        ("~/a:/b", "/home/me/a:/b:rw"), ("~", "/home/me:/home/me:rw"), ("~/a", "/home/me/a:/home/me/a:rw"),
        ("/a:/~/b", "/a:/~/b:rw"), ("data:/d", "/srv/here/data:/d:rw"), ("./x/../y:/d", "/srv/here/y:/d:rw"),
        ("/a//b/:/c/", "/a/b:/c:rw"), ("/a:/b/./c", "/a:/b/c:rw"),
    ]) func `a volume is read as DockerGym reads it`(text: String, expected: String) throws {
        #expect(try volume(text).description == expected)
    }

    @Test(arguments: ["", ":/b", "/a:b", "/a:", "/a:/b:rx", "/a:/b:ro:x", "/a:/", "/", "/a:/b\n"])
    func `what is none is refused`(text: String) {
        #expect(throws: Failure.self) { try volume(text) }
    }

    private func map(_ texts: String...) throws -> VolumeMap { VolumeMap(try texts.map { try volume($0) }) }

    @Test func `a path is translated by the volume that holds it`() throws {
        let map = try map("/data:/mnt:ro", "/other:/o")
        #expect(map.containerPath(of: "/data/games/1.tw") == "/mnt/games/1.tw")
        #expect(map.containerPath(of: "/data") == "/mnt")
        #expect(map.containerPath(of: "/data/") == "/mnt")
        #expect(map.containerPath(of: "/other/x") == "/o/x")
        #expect(map.containerPath(of: "/elsewhere/x") == "/elsewhere/x")
        #expect(map.containerPath(of: "relative/x") == "relative/x")
    }

    @Test func `a name that only begins alike is no folder of the volume`() throws {
        let map = try map("/data:/mnt")
        #expect(map.containerPath(of: "/data2/x") == "/data2/x")
        #expect(map.containerPath(of: "/data/../etc/passwd") == "/data/../etc/passwd")
    }

    @Test func `the longest host path counts, whatever the order`() throws {
        for map in [try map("/a:/x", "/a/b:/y"), try map("/a/b:/y", "/a:/x")] {
            #expect(map.containerPath(of: "/a/b/c") == "/y/c")
            #expect(map.containerPath(of: "/a/c") == "/x/c")
        }
    }

    @Test func `one host path may be mounted several times and the first counts`() throws {
        let map = try map("/a:/x:ro", "/a:/y:rw")
        #expect(map.volumes.count == 2)
        #expect(map.containerPath(of: "/a/b") == "/x/b")
    }

    @Test func `the whole host can be a volume`() throws {
        #expect(try map("/:/host:ro").containerPath(of: "/etc/hosts") == "/host/etc/hosts")
        #expect(try map("/:/host:ro").containerPath(of: "/") == "/host")
    }

    @Test func `what the worker sees of volumes is known by path`() throws {
        let map = try map("/a:/app/env:ro")
        #expect(map.covers(containerPath: "/app/env/worker.py") && map.covers(containerPath: "/app/env"))
        #expect(!map.covers(containerPath: "/app/envoy"))
    }
}
