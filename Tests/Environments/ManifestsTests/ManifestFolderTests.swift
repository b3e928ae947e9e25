import Foundations
import Glibc
import Manifests
import Testing

private func entry(_ name: String, _ version: String, gymnasium: String = "") throws -> ManifestFolder.Entry {
    let lines = "name: \(name)\nversion: \(version)\ngymnasium: [\(gymnasium)]"
    let digest = String(repeating: "0", count: 64 - version.count) + version.map { $0.isNumber ? $0 : "f" }
    return ManifestFolder.Entry(manifest: try manifest(example(lines)), directory: "\(name)-\(version)", digest: digest)
}

private func folder() throws -> ManifestFolder {
    ManifestFolder([
        try entry("classic/CartPole", "1.0.0", gymnasium: "CartPole-v0"),
        try entry("classic/CartPole", "1.10.0", gymnasium: "CartPole-v1, Both-v1"),
        try entry("classic/CartPole", "1.9.0", gymnasium: "CartPole-v1"), try entry("classic/CartPole", "2.0.0-rc.1"),
        try entry("text/Zork", "0.1.0-a"), try entry("Plain", "3.0.0", gymnasium: "Both-v1"),
        try entry("Named-v2", "5.0.0"),
    ])
}

@Test(arguments: [
    ("classic/CartPole", "classic/CartPole@1.10.0"), ("classic/CartPole@latest", "classic/CartPole@1.10.0"),
    ("classic/CartPole@^1.0", "classic/CartPole@1.10.0"), ("classic/CartPole@~1.9", "classic/CartPole@1.9.0"),
    ("classic/CartPole@1.0.0", "classic/CartPole@1.0.0"),
    ("classic/CartPole@2.0.0-rc.1", "classic/CartPole@2.0.0-rc.1"),
    ("classic/CartPole@^2.0.0-rc.0", "classic/CartPole@2.0.0-rc.1"), ("CartPole-v1", "classic/CartPole@1.10.0"),
    ("CartPole-v0", "classic/CartPole@1.0.0"), ("CartPole-v1@~1.9", "classic/CartPole@1.9.0"),
    ("classic/CartPole-v1", "classic/CartPole@1.10.0"), ("Plain-v3", "Plain@3.0.0"), ("text/Zork", "text/Zork@0.1.0-a"),
    ("Named-v2", "Named-v2@5.0.0"), ("Named-v2-v5", "Named-v2@5.0.0"),
    ("classic/CartPole@sha256:" + String(repeating: "0", count: 59) + "1f0f0", "classic/CartPole@1.0.0"),
])
func `a reference means the newest version that it allows`(text: String, expected: String) throws {
    #expect(try folder().resolve(text).manifest.reference.description == expected)
}

@Test(arguments: [
    ("classic/CartPol", "there is no environment `classic/CartPol`", "did you mean `classic/CartPole`?"),
    ("CartPole", "there is no environment `CartPole`", "did you mean `classic/CartPole`?"),
    ("zork", "there is no environment `zork`", "did you mean `text/Zork`?"),
    ("Zork-v1", "there is no environment `Zork-v1`", "did you mean `text/Zork`?"),
    ("CartPole-v2", "there is no environment `CartPole-v2`", "did you mean `classic/CartPole`?"),
    ("nothing/like-it", "there is no environment `nothing/like-it`", "there are 4 environments; list them"),
    ("classic/CartPole@^3", "classic/CartPole has no version ^3", "there is 1.0.0, 1.9.0, 1.10.0, 2.0.0-rc.1"),
    ("classic/CartPole@^2", "classic/CartPole has no version ^2", "there is 1.0.0, 1.9.0, 1.10.0, 2.0.0-rc.1"),
    ("classic/CartPole-v7", "classic/CartPole has no version ^7", "there is 1.0.0, 1.9.0, 1.10.0, 2.0.0-rc.1"),
    ("Plain@stable", "Plain has no alias `stable`; folders of manifests have none", "there is 3.0.0"),
    ("Plain@sha256:" + String(repeating: "0", count: 64), "Plain has no version sha256:", "there is 3.0.0"),
])
func `a reference that means nothing is answered with what there is`(text: String, message: String, next: String) throws
{
    let failure = #expect(throws: Failure.self) { try folder().resolve(text) }
    #expect(failure?.code == .notFound)
    #expect(failure?.message.hasPrefix(message) == true)
    #expect(failure?.next == next)
}

@Test func `a Gymnasium id of two environments is a conflict`() throws {
    let failure = #expect(throws: Failure.self) { try folder().resolve("Both-v1") }
    #expect(failure?.code == .conflict)
    #expect(failure?.message == "Both-v1 may be Plain or classic/CartPole")
}

@Test func `the first of two manifests of one version is kept and the other is a problem`() throws {
    let folder = ManifestFolder([try entry("a", "1.0.0"), try entry("a", "1.0.0+build"), try entry("a", "1.0.1")])
    #expect(folder.entries.map(\.manifest.version.description) == ["1.0.0", "1.0.1"])
    #expect(folder.problems.map(\.message) == ["a-1.0.0+build: a 1.0.0+build is already described in a-1.0.0"])
}

@Test func `folders are searched to any depth and a broken manifest is a problem, not the end`() throws {
    try withFolder { root in
        try write(example("name: ns/a"), to: "\(root)/ns/a/environment.yaml")
        try write(example("name: ns/below"), to: "\(root)/ns/a/below/environment.yaml")
        try write(example("name: b"), to: "\(root)/x/y/z/b/environment.yaml")
        try write(example("name: c\nnmae: x"), to: "\(root)/c/environment.yaml")
        try write(example("name: hidden"), to: "\(root)/.git/environment.yaml")
        symlink(root, "\(root)/loop")
        let folder = try ManifestFolder.load([root]) { String($0.count) }
        #expect(folder.entries.map(\.manifest.name.description) == ["b", "ns/a"])
        #expect(folder.entries.first?.directory == "\(root)/x/y/z/b")
        #expect(folder.entries.allSatisfy { $0.digest == String($0.manifest.canonical.count) })
        #expect(folder.problems.map(\.next) == ["did you mean `name`?"])
        let failure = #expect(throws: Failure.self) { try ManifestFolder.load(["\(root)/none"]) { _ in "" } }
        #expect(failure?.code == .notFound)
    }
}

@Test func `instances are files below the folder of the manifest`() throws {
    try withFolder { root in
        let folder = "\(root)/a[1]*"
        for name in ["levels/2.txt", "levels/1.txt", "levels/x.bin", "levels/.h.txt", "levels/d.txt/f"] {
            try write("", to: "\(folder)/\(name)")
        }
        func instances(_ text: String) throws -> [String]? {
            ManifestFolder.Entry(manifest: try manifest(example(text)), directory: folder, digest: "").instances
        }
        #expect(try instances("instances: {files: 'levels/*.txt'}") == ["levels/1.txt", "levels/2.txt"])
        #expect(try instances("instances: {files: 'nothing/*'}") == [])
        #expect(try instances("instances: {list: [b, a]}") == ["b", "a"])
        #expect(try instances("instances: {ask: true}") == nil)
        #expect(try instances("title: x") == [])
    }
}
