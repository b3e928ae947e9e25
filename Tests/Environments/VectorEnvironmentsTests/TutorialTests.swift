import Foundations
import Glibc
import Testing
import VectorEnvironments

/// The environment of `docs/native-environments.md`, which this target compiles.
struct TutorialTests {
    private static let here = #filePath

    private func text(_ path: String) throws -> String {
        let file = try #require(fopen(path, "r"), "\(path)")
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while true {
            let byte = getc(file)
            guard byte != EOF else { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(UInt8(truncatingIfNeeded: byte))
        }
    }

    @Test func `the code of the documentation is the code that is compiled here`() throws {
        let folder = Self.here.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let root = folder.dropLast(3).joined(separator: "/")
        let code = try text(folder.joined(separator: "/") + "/Pole.swift")
        let page = try text(root + "/docs/native-environments.md")
        #expect(page.utf8.count > code.utf8.count)
        #expect(page.contains("```swift\n\(code)```"))
        #expect(code.split(separator: "\n").count <= 60)
    }

    @Test func `the environment of the documentation runs`() throws {
        let environment = try registryWithPole().make("Pole-v1", overrides: ["force": 5], count: 3)
        let vector = Buffers(environment)
        try environment.reset(seeds: .from(1), into: vector.step)
        var ends = 0
        for step in 0..<600 {
            try vector.act([Int64(step % 2), 1, 0])
            ends += vector.terminated.reduce(0) { $0 + Int($1) } + vector.truncated.reduce(0) { $0 + Int($1) }
        }
        #expect(ends > 20)
    }
}
