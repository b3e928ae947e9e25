import Foundations
import Glibc
import Reactor
import TestSupport
import Testing

@testable import Sandboxes

/// Folders of cgroups whose server is gone, in ordinary folders, which are locked the same way.
struct AbandonedTests {
    private func tree(_ folder: borrowing TemporaryDirectory, _ server: UInt32) throws -> CgroupTree {
        let path = folder.path + "/" + CgroupTree.folderName(server)
        mkdir(path, 0o755)
        let place = CgroupPlace(path: path, roles: [.core], isVersion2: true)
        return CgroupTree(
            server: server, movesOthers: true, root: Cgroup(places: [place]), locks: FolderLocks(own: [path]))
    }

    @Test func `folders of servers that are gone are removed, those of living and of older ones are not`() throws {
        let folder = try TemporaryDirectory()
        let mine = try tree(folder, 1), living = try tree(folder, 2)
        do { _ = try tree(folder, 3) }
        mkdir(folder.path + "/corral-00000003/w1", 0o755)
        mkdir(folder.path + "/corral-00000003/w1/s1", 0o755)
        mkdir(folder.path + "/corral-00000003.server", 0o755)
        for name in ["corral-00000004", "corral-4", "corral-0000000g", "other"] {
            mkdir(folder.path + "/" + name, 0o755)
        }
        for name in ["corral-4", "corral-0000000g", "other"] { chmod(folder.path + "/" + name, 0o1755) }
        mine.removeAbandoned()
        #expect(
            folder.names().sorted() == [
                "corral-00000001", "corral-00000002", "corral-00000004", "corral-0000000g", "corral-4", "other",
            ])
        #expect(living.server == 2)
    }

    @Test func `what is not empty stays`() throws {
        let folder = try TemporaryDirectory()
        let mine = try tree(folder, 1)
        do { _ = try tree(folder, 3) }
        try folder.write("corral-00000003/w1/process", "stands for a process")
        mine.removeAbandoned()
        #expect(folder.names().sorted() == ["corral-00000001", "corral-00000003"])
    }

    @Test func `a folder is locked once, and free when its server is gone`() throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/corral-00000005"
        #expect(FolderLocks(own: [path]) == nil)
        mkdir(path, 0o755)
        #expect(FolderLocks(abandoned: path) == nil)
        var own = FolderLocks(own: [path])
        #expect(own != nil && FolderLocks(own: [path]) == nil && FolderLocks(abandoned: path) == nil)
        own = nil
        #expect(FolderLocks(abandoned: path) != nil)
    }
}

struct IdentityClaimTests {
    @Test func `two servers of one user never have the same id`() throws {
        let folder = try TemporaryDirectory()
        func pool() throws -> IdentityPool {
            IdentityPool(subordinate: (first: 100_000, count: 8), others: ByteLocks(folder.path + "/ids"))
        }
        var one = try pool()
        var two: IdentityPool? = try pool()
        let first = try [one.claim(), one.claim()]
        let second = try [two?.claim(), two?.claim()].compactMap(\.self)
        #expect(Set((first + second).flatMap { [$0.keeper, $0.command] }) == Set(100_000..<100_008))
        #expect(throws: Failure.self) { try one.claim() }
        one.release(first[0])
        #expect(try two?.claim().keeper == first[0].keeper)
        two = nil
        #expect(try Set([one.claim(), one.claim(), one.claim()].map(\.keeper)).isDisjoint(with: [first[1].keeper]))
    }
}
