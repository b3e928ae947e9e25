import Foundations
import Testing

@testable import Sandboxes

@Test func `version 1 trees and the bare version 2 tree beside them are found`() {
    let trees = CgroupHierarchy.parse(
        mounts: """
            25 1 0:22 / /sys/fs/cgroup rw - tmpfs tmpfs rw
            26 25 0:23 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
            27 25 0:24 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            28 25 0:25 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
            29 25 0:26 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
            """,
        memberships: "4:memory:/a/b\n3:cpu,cpuacct:/\n1:name=systemd:/\n0::/user.slice\n")
    #expect(
        trees.map(\.own) == [
            "/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/memory/a/b", "/sys/fs/cgroup/unified/user.slice",
        ])
    #expect(trees.map(\.controllers) == [["cpu", "cpuacct"], ["memory"], []])
    #expect(trees.map(\.isVersion2) == [false, false, true])
}

@Test func `in a container the part of a path that is mounted is left out`() {
    let mounts = "30 1 0:30 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw"
    #expect(
        CgroupHierarchy.parse(mounts: mounts, memberships: "0::/docker/abc/leaf").map(\.own) == ["/sys/fs/cgroup/leaf"])
    #expect(CgroupHierarchy.parse(mounts: mounts, memberships: "0::/docker/abc").map(\.own) == ["/sys/fs/cgroup"])
    #expect(CgroupHierarchy.parse(mounts: mounts, memberships: "0::/elsewhere").map(\.own) == ["/sys/fs/cgroup"])
    #expect(CgroupHierarchy.parse(mounts: "nonsense\n1 2 3", memberships: "x").isEmpty)
}

@Test func `a folder for limits is looked for upwards, and never outside of a limit`() {
    typealias Level = CgroupDelegation.Level
    let root = Level(hasControllers: true, isOpen: true, isRoot: true, isLimited: false, holds: .others)
    let slice = Level(hasControllers: true, isOpen: true, isRoot: false, isLimited: true, holds: .none)
    var scope = Level(hasControllers: true, isOpen: false, isRoot: false, isLimited: false, holds: .others)
    #expect(CgroupDelegation.choose([scope, slice, root]) == .folder(1))
    #expect(CgroupDelegation.choose([root]) == .folder(0))
    scope.isLimited = true
    #expect(
        CgroupDelegation.choose([scope, slice, root])
            == .refused("this cgroup has limits and other processes; start the server alone in it"))
    scope.holds = .server
    #expect(CgroupDelegation.choose([scope, slice, root]) == .leaf)
    scope.hasControllers = false
    scope.isLimited = false
    #expect(CgroupDelegation.choose([scope, root]) == .folder(1))
    #expect(
        CgroupDelegation.choose([scope])
            == .refused("no cgroup above the server has the memory and pids controllers to give"))
}

@Test func `ids are given once each and come back`() throws {
    var pool = IdentityPool(subordinate: (first: 100_000, count: 5))
    let first = try pool.claim()
    let second = try pool.claim()
    #expect(Set([first.keeper, first.command, second.keeper, second.command]) == [100_000, 100_001, 100_002, 100_003])
    #expect(throws: Failure.self) { try pool.claim() }
    pool.release(first)
    #expect(try pool.claim() == first)
    var root = IdentityPool(server: .max)
    let one = try root.claim()
    let two = try root.claim()
    #expect(one.keeper >= 0x7000_0000 && one.command == one.keeper + 1000 && two.keeper != one.keeper)
}

@Test func `subordinate ranges are read by name or number`() {
    let text = "ann:100000:65536\n1000:300000:10\nbroken\nann:4294967295:2\nbob:1:x\n"
    #expect(IdentityPool.ranges(in: text, of: ["1000", "ann"]) == [100_000..<165_536, 300_000..<300_010])
    #expect(IdentityPool.ranges(in: text, of: ["bob"]).isEmpty)
}

@Test func `messages of the control socket are read, and foreign ones are only answers`() {
    #expect(ControlMessage("created 42") == .created(42))
    #expect(ControlMessage("ready") == .ready)
    #expect(ControlMessage("exited 3") == .ended(.exited(3)))
    #expect(ControlMessage("signaled 9") == .ended(.signaled(9)))
    #expect(ControlMessage("failed bind: /x: No such file") == .failed("bind: /x: No such file"))
    #expect(ControlMessage("failed scratch a: mkdir: File exists") == .answer("failed scratch a: mkdir: File exists"))
    for text in ["", "created x", "created", "exited", "ready now", "\u{0}"] {
        #expect(ControlMessage(text) == .answer(text))
    }
}

@Test func `records for the launcher refuse what would end them early`() throws {
    var specification = SandboxSpecification(
        name: "a", command: ["/bin/true", "x"], environment: ["B": "2", "A": "1"])
    specification.mounts = [.same("/usr"), .link(target: "usr/bin", path: "/bin"), .text("t", path: "/etc/t")]
    var pool = IdentityPool(server: 0)
    let ids = try pool.claim()
    func records() throws -> [String] {
        let bytes = try LauncherSpecification(
            specification, identities: ids, usesHelpers: true, cgroups: ["/c"], hasHardLimits: false
        ).bytes
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
    let list = try records()
    #expect(list.prefix(4) == ["cgroup=/c", "map=0 1879048192", "map=1000 1879049192", "newuidmap=1"])
    #expect(
        list.contains("bind=/usr\t/usr\tro") && list.contains("link=usr/bin\t/bin") && list.contains("file=/etc/t\tt"))
    #expect(list.contains("rlimit=data 1073741824 1073741824"))
    #expect(list.suffix(4) == ["environment=A=1", "environment=B=2", "argument=/bin/true", "argument=x"])
    specification.environment = ["A": "1\0argument=/bin/sh"]
    #expect(throws: Failure.self) { try records() }
    specification.environment = ["A=B": "1"]
    #expect(throws: Failure.self) { try records() }
    specification.environment = [:]
    specification.mounts = [.bind(source: "/x\t/y", target: "/z")]
    #expect(throws: Failure.self) { try records() }
}

@Test func `limits that mean none to the kernel are refused`() {
    for limits in [
        SandboxLimits(memory: 0), SandboxLimits(processes: -1), SandboxLimits(cores: 0), SandboxLimits(cores: .nan),
        SandboxLimits(cores: .infinity), SandboxLimits(disk: 0), SandboxLimits(inodes: 0), SandboxLimits(files: 0),
    ] {
        #expect(throws: Failure.self) { try limits.validate() }
    }
    #expect(throws: Never.self) { try SandboxLimits(cores: 0.5).validate() }
}

@Test func `a report without cgroups says so, refuses to share, and is short`() {
    let report = IsolationReport.process(
        choice: .unavailable("nobody delegated"), landlock: 7, hasNetworkNamespace: false)
    #expect(report.summary == "process: user,pid,mount,ipc,uts,cgroup namespaces; seccomp; landlock 7; limits soft")
    #expect(!report.hasHardLimits && !report.has(.sharing) && report.reason(.memory) == "soft: nobody delegated")
    #expect(PlainBackend.isolation.summary == "plain: none")
}

@Test func `a sandbox is refused where limits would be soft, unless that was allowed`() async throws {
    let launcher = try Host.findLauncher()
    let refusing = ProcessBackend(server: 1, launcher: launcher, cgroups: .unavailable("none here"))
    let descriptors = SandboxDescriptors(input: 0, output: 1, errors: 2)
    let specification = SandboxSpecification(name: "a", command: ["/usr/bin/true"], mounts: StandardMounts.system())
    let failure = await #expect(throws: Failure.self) {
        try await refusing.start(specification, descriptors: descriptors)
    }
    #expect(failure?.code == .sandboxUnavailable && failure?.next.contains("--allow-soft-limits") == true)
}
