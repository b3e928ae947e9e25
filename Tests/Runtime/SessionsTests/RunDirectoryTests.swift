import Foundations
import Glibc
import TestSupport
import Testing

@testable import Sessions

struct RunDirectoryTests {
    private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    @Test func `two servers of one data directory leave each other alone`() throws {
        let data = try TemporaryDirectory()
        let one = try RunDirectory(data: data.path)
        let other = try RunDirectory(data: data.path)
        #expect(one.server != other.server)
        #expect(exists(one.path) && exists(other.path))
        #expect(RunDirectory.leftovers(data: data.path).isEmpty)
    }

    @Test func `a server that ended without cleaning up is a leftover, and only that`() throws {
        let data = try TemporaryDirectory()
        let living = try RunDirectory(data: data.path)
        let dead: UInt32
        do { dead = try RunDirectory(data: data.path).server }
        #expect(RunDirectory.leftovers(data: data.path) == [dead])
        RunDirectory.remove(dead, data: data.path)
        #expect(RunDirectory.leftovers(data: data.path).isEmpty)
        #expect(exists(living.path + "/lock"))
    }

    @Test func `a server that died before it had its lock is a leftover`() throws {
        let data = try TemporaryDirectory()
        try data.write("run/00000abc/x", "")
        #expect(RunDirectory.leftovers(data: data.path) == [0xabc])
    }

    @Test func `what is not named like a server is nobody's`() throws {
        let data = try TemporaryDirectory()
        for name in ["abc", "0000ABCD", "00000000a", "zzzzzzzz", "-0000001", "+0000001"] {
            try data.write("run/\(name)/x", "")
        }
        #expect(RunDirectory.leftovers(data: data.path).isEmpty)
        #expect(RunDirectory.leftovers(data: data.path + "/none").isEmpty)
    }

    @Test func `removing takes everything inside and nothing that links point to`() throws {
        let data = try TemporaryDirectory()
        let kept = try data.write("kept/file", "x")
        let dead: UInt32
        let path: String
        do {
            let directory = try RunDirectory(data: data.path)
            (dead, path) = (directory.server, directory.path)
        }
        for name in ["w1/scratch/deep/file", "w2/file"] {
            try data.write("run/\(RunDirectory.name(of: dead))/\(name)", "x")
        }
        symlink(data.path + "/kept", path + "/w1/link")
        symlink(data.path + "/kept", path + "/link")
        chmod(path + "/w1/scratch/deep", 0)
        RunDirectory.remove(dead, data: data.path)
        #expect(!exists(path))
        #expect(exists(kept))
    }

    @Test func `an orderly end removes the directory`() throws {
        let data = try TemporaryDirectory()
        let directory = try RunDirectory(data: data.path)
        mkdir(directory.path + "/w1", 0o700)
        directory.remove()
        #expect(!exists(directory.path))
    }

    @Test func `servers that start while others look for leftovers are never taken for dead`() async throws {
        let data = try TemporaryDirectory()
        let path = data.path
        let living = try await withThrowingTaskGroup(of: [RunDirectory].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try await blocking {
                        try (0..<50).map { _ in
                            #expect(RunDirectory.leftovers(data: path).isEmpty)
                            return try RunDirectory(data: path)
                        }
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(living.map(\.server)).count == 200)
        #expect(RunDirectory.leftovers(data: path).isEmpty)
    }

    @Test func `a data directory that cannot be made is refused`() {
        let failure = #expect(throws: Failure.self) { try RunDirectory(data: "/proc/none") }
        #expect(failure?.code == .failedPrecondition)
    }

    @Test func `the name of a server has eight digits`() {
        #expect(RunDirectory.name(of: 1) == "00000001")
        #expect(RunDirectory.name(of: .max) == "ffffffff")
    }
}
