import Glibc
import Reactor
import Testing

@Reactor private final class Collected {
    var bytes: [UInt8] = []
    var end: Channel.End?
    var waiter: CheckedContinuation<Void, Never>?

    func watch(_ channel: Channel) {
        channel.onReceive = { self.bytes.append(contentsOf: $0) }
        channel.onEnd = { reason in
            self.end = reason
            self.waiter?.resume()
        }
    }

    func untilEnd() async {
        if end == nil { await withCheckedContinuation { waiter = $0 } }
    }
}

@Reactor private final class Order {
    var visits: [Int] = []

    func visit(_ number: Int) async {
        visits.append(number)
        await inner(number)
    }

    private func inner(_ number: Int) async {
        visits.append(number)
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            visits.append(number)
            continuation.resume()
        }
    }
}

@Suite @Reactor struct ReactorTests {
    @Test func `nothing runs between a function of the reactor and the continuation that it waits for`() async {
        let order = Order()
        let tasks = (0..<4).map { number in Task { @Reactor in await order.visit(number) } }
        for task in tasks { await task.value }
        #expect(order.visits == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
    }

    @Test func `tasks that wait go on in the order in which they were given something, after what runs`() async {
        let waits = (0..<4).map { _ in Wait<Int>() }
        var seen: [Int] = []
        let tasks = waits.map { wait in
            Task.immediate { @Reactor in
                seen.append(await wait.value())
                #expect(Reactor.shared.executor.isIsolatingCurrentContext() == true)
            }
        }
        for (number, wait) in waits.enumerated().reversed() {
            wait.settle(number)
            wait.settle(-1)
        }
        #expect(seen.isEmpty)
        for task in tasks { await task.value }
        #expect(seen == [3, 2, 1, 0])
    }

    @Test func `what was given before is there at once`() async {
        let wait = Wait<String>()
        wait.settle("there")
        let order = Order()
        let other = Task { @Reactor in await order.visit(1) }
        #expect(await wait.value() == "there")
        #expect(order.visits.isEmpty)
        await other.value
    }

    @Test func `a task of another executor may wait, and is woken from a reactor that sleeps`() async {
        let wait = Wait<Int>()
        let waiting = Task.detached { await wait.value() }
        let timer = Reactor.schedule(at: .now + .milliseconds(20)) { wait.settle(7) }
        #expect(await waiting.value == 7)
        timer.cancel()
    }

    @Test func `a child gets what is sent and its output ends with it`() async throws {
        let pair = try Descriptor.socketPair()
        let errors = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { close(errors) }
        let child = try ChildProcess.spawn(
            "/bin/sh", arguments: ["-c", "read line; echo got $line $KEY; exit 3"], environment: ["KEY": "value"],
            descriptors: [pair.second.raw, pair.second.raw, errors])
        let channel = try pair.keepFirst()
        let collected = Collected()
        collected.watch(channel)
        channel.send(Array("hello\n".utf8))
        await collected.untilEnd()
        await child.waitUntilEnded()
        #expect(String(decoding: collected.bytes, as: UTF8.self) == "got hello value\n")
        #expect(child.status == 3)
    }

    @Test func `more than a socket holds is queued and arrives whole`() async throws {
        let pair = try Descriptor.socketPair()
        let errors = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { close(errors) }
        let child = try ChildProcess.spawn(
            "/usr/bin/wc", arguments: ["-c"], environment: [:], descriptors: [pair.second.raw, pair.second.raw, errors])
        let raw = dup(pair.first.raw)
        let channel = try pair.keepFirst()
        let collected = Collected()
        collected.watch(channel)
        for _ in 0..<64 { channel.send([UInt8](repeating: 7, count: 100_000)) }
        while channel.queuedBytes > 0 { await Task.yield() }
        shutdown(raw, CInt(SHUT_WR))
        close(raw)
        await collected.untilEnd()
        await child.waitUntilEnded()
        #expect(String(decoding: collected.bytes, as: UTF8.self) == "6400000\n")
    }

    @Test func `a peer that does not read ends the channel at the bound`() throws {
        let pair = try Descriptor.socketPair()
        let peer = pair.second.raw
        #expect(peer >= 0)
        let first = Descriptor(owning: dup(pair.first.raw))
        let channel = try Channel(first, queueLimit: 1 << 20)
        let collected = Collected()
        collected.watch(channel)
        for _ in 0..<64 { channel.send([UInt8](repeating: 0, count: 65536)) }
        #expect(collected.end == .overflow)
    }

    @Test func `timers fire in order and a cancelled one does not`() async {
        var fired: [Int] = []
        await withCheckedContinuation { continuation in
            let now = ContinuousClock.now
            Reactor.schedule(at: now + .milliseconds(20)) { fired.append(2) }
            Reactor.schedule(at: now + .milliseconds(10)) { fired.append(1) }
            let cancelled = Reactor.schedule(at: now + .milliseconds(15)) { fired.append(9) }
            cancelled.cancel()
            Reactor.schedule(at: now + .milliseconds(30)) { continuation.resume() }
        }
        #expect(fired == [1, 2])
    }

    @Test func `a timer that goes off may set another one`() async {
        await withCheckedContinuation { continuation in
            Reactor.schedule(at: .now + .milliseconds(1)) {
                Reactor.schedule(at: .now + .milliseconds(1)) { continuation.resume() }
            }
        }
    }

    @Test func `a message carries descriptors and names its sender`() async throws {
        let control = try Descriptor.socketPair(packets: true)
        let first = dup(control.first.raw)
        let second = dup(control.second.raw)
        let sender = try PacketSocket(Descriptor(owning: first))
        let receiver = try PacketSocket(Descriptor(owning: second))
        let pipe = try Descriptor.pipe()
        let process = await withCheckedContinuation { continuation in
            receiver.onMessage = { bytes, process in
                #expect(bytes == Array("fork".utf8))
                continuation.resume(returning: process)
            }
            do { try sender.send(Array("fork".utf8), descriptors: [pipe.second.raw]) } catch { Issue.record(error) }
        }
        #expect(process == getpid())
        sender.close()
        receiver.close()
    }

    @Test func `messages for a peer that is slow wait, and arrive whole and in order`() async throws {
        let control = try Descriptor.socketPair(packets: true)
        let sender = try PacketSocket(Descriptor(owning: dup(control.first.raw)))
        let pipe = try Descriptor.pipe()
        let count = 2000
        for number in 0..<count {  // nobody reads yet
            try sender.send(Array("\(number)".utf8), descriptors: [pipe.second.raw])
        }
        let receiver = try PacketSocket(Descriptor(owning: dup(control.second.raw)))
        var received: [String] = []
        await withCheckedContinuation { continuation in
            receiver.onMessage = { bytes, _ in
                received.append(String(decoding: bytes, as: UTF8.self))
                if received.count == count { continuation.resume() }
            }
        }
        #expect(received == (0..<count).map(String.init))
        sender.close()
        receiver.close()
    }

    @Test func `a peer that never reads is refused more messages at last`() throws {
        let control = try Descriptor.socketPair(packets: true)
        let sender = try PacketSocket(Descriptor(owning: dup(control.first.raw)))
        defer { sender.close() }
        #expect(throws: (any Error).self) {
            for _ in 0..<10_000 { try sender.send([1]) }
        }
    }

    @Test func `starting a missing program is an error and not a child`() {
        #expect(throws: (any Error).self) {
            try ChildProcess.spawn("/nonexistent/program", arguments: [], environment: [:], descriptors: [])
        }
    }

    @Test func `a signal ends a child and its status says so`() async throws {
        let child = try ChildProcess.spawn("/bin/sleep", arguments: ["60"], environment: [:], descriptors: [])
        child.signal(SIGKILL)
        await child.waitUntilEnded()
        #expect(child.status == 128 + SIGKILL)
    }
}

extension DescriptorPair {
    /// The first end as a channel; the second is closed here.
    @Reactor fileprivate consuming func keepFirst() throws -> Channel {
        let raw = dup(first.raw)
        return try Channel(Descriptor(owning: raw))
    }
}
