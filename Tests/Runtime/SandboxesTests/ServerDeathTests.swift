import Foundations
import Glibc
import Reactor
import Testing

@testable import Sandboxes

/// A server in small: it reads a specification, starts the launcher with it, and waits to be killed.
private let server = """
    import fcntl, os, socket, sys
    specification = open(0, "rb").read()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    memory = os.memfd_create("specification")
    os.write(memory, specification)
    os.lseek(memory, 0, 0)
    null = os.open("/dev/null", os.O_RDWR)
    ends = [(null, 0), (null, 1), (null, 2), (null, 3), (memory, 4), (theirs.fileno(), 5)]
    high = [(fcntl.fcntl(source, fcntl.F_DUPFD_CLOEXEC, 64), target) for source, target in ends]
    os.posix_spawn(sys.argv[1], ["corral-sandbox"], {}, file_actions=[(os.POSIX_SPAWN_DUP2, *pair) for pair in high])
    theirs.close()
    print("started", flush=True)
    while True: ours.recv(100) or sys.exit()
    """

extension SandboxTests {
    @Suite(.serialized) @Reactor struct ServerDeath {
        @Test func `a server killed at any moment of a start leaves no process and no mount`() async throws {
            try await Bench.with { bench in
                let tree = try #require(bench.fence?.tree)
                for attempt in 0..<40 {
                    let group = try tree.makeSandbox("s\(attempt)", limits: SandboxLimits())
                    var pool = IdentityPool(server: tree.server)
                    let records = try LauncherSpecification(
                        bench.trivial(), identities: try pool.claim(), usesHelpers: false,
                        cgroups: group.child(CgroupTree.leaf).places.map(\.path), hasHardLimits: true)
                    let input = try Descriptor.memory("records", holding: records.bytes)
                    let pair = try Descriptor.socketPair()
                    let process = try ChildProcess.spawn(
                        "/usr/bin/python3", arguments: ["-c", server, try Host.findLauncher()], environment: [:],
                        descriptors: [input.raw, pair.second.raw, 2])
                    let channel = try Channel(Descriptor(owning: fcntl(pair.first.raw, F_DUPFD_CLOEXEC, 0)))
                    await withCheckedContinuation { continuation in
                        channel.onReceive = { _ in
                            channel.close()
                            continuation.resume()
                        }
                    }
                    try await Task.sleep(for: .microseconds(attempt * 200))
                    process.signal(SIGKILL)
                    await process.waitUntilEnded()
                    let deadline = ContinuousClock.now + .seconds(5)
                    while !group.removeFolders(), ContinuousClock.now < deadline {
                        try await Task.sleep(for: .milliseconds(1))
                    }
                    for place in group.places { #expect(!SystemFile.exists(place.path)) }
                }
            }
        }

        @Test func `what a server left is removed by its number, and only that`() async throws {
            try await Bench.with { bench in
                let tree = try #require(bench.fence?.tree)
                let outer = try #require(bench.fence?.outer)
                let others = try CgroupTree.open(server: .random(in: 1 ... .max), inside: outer)
                let left = try CgroupTree.open(server: .random(in: 1 ... .max), inside: outer)
                for index in 0..<20 {
                    let sandbox = try left.makeSandbox("s\(index)", limits: SandboxLimits(memory: 300 << 20))
                    for session in 0..<9 { try sandbox.child("x\(session)").create() }
                }
                let process = try ChildProcess.spawn("/bin/sleep", arguments: ["60"], environment: [:], descriptors: [])
                #expect(left.root.child("s1").child("x1").admit(process.id) == 0)
                let start = ContinuousClock.now
                #expect(await CgroupTree.removeLeftovers(server: left.server))
                #expect(ContinuousClock.now - start < .seconds(20))
                await process.waitUntilEnded()
                #expect(process.status == 128 + SIGKILL)
                for place in left.root.places { #expect(!SystemFile.exists(place.path)) }
                for place in others.root.places + tree.root.places { #expect(SystemFile.exists(place.path)) }
                await others.close()
            }
        }
    }
}
