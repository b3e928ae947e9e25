import Foundations
import Glibc
import Reactor
import Synchronization

/// SIGINT, SIGTERM and SIGHUP (where it is not ignored, as under nohup) as something to wait for.
enum StopSignal {
    /// The writing end of the pipe that a signal's handler tells; -1 before `wait`.
    private static let pipeEnd = Atomic<CInt>(-1)

    /// Returns when one of the signals came, or when standard input ends where that counts.
    ///
    /// - Throws: `resource_exhausted` when the process has no descriptors left.
    static func wait(orEndOfInput: Bool) async throws(Failure) {
        let pipe = try Descriptor.pipe()
        pipeEnd.store(pipe.second.raw, ordering: .releasing)
        let numbers = [SIGINT, SIGTERM] + (isIgnored(SIGHUP) ? [] : [SIGHUP])
        for number in numbers {
            signal(number) { _ in
                var byte: UInt8 = 0
                _ = write(StopSignal.pipeEnd.load(ordering: .acquiring), &byte, 1)
            }
        }
        let reader = dup(pipe.first.raw)
        await withCheckedContinuation { continuation in
            let waiter = Waiter(continuation)
            readInBackground(reader, untilEnd: false, then: waiter)
            if orEndOfInput { readInBackground(0, untilEnd: true, then: waiter) }
        }
        for number in numbers { signal(number, SIG_DFL) }
        pipeEnd.store(-1, ordering: .releasing)
    }

    private static func isIgnored(_ number: CInt) -> Bool {
        var action = sigaction()
        sigaction(number, nil, &action)
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    private static func readInBackground(_ descriptor: CInt, untilEnd: Bool, then waiter: Waiter) {
        let request = Unmanaged.passRetained(ReadRequest(descriptor: descriptor, untilEnd: untilEnd, waiter: waiter))
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<ReadRequest>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, request.toOpaque())
        if result == 0 { pthread_detach(thread) } else { request.release() }
    }
}

/// Waits for a byte, or for the end, of a descriptor.
private final class ReadRequest: Sendable {
    let descriptor: CInt
    let untilEnd: Bool
    let waiter: Waiter

    init(descriptor: CInt, untilEnd: Bool, waiter: Waiter) {
        self.descriptor = descriptor
        self.untilEnd = untilEnd
        self.waiter = waiter
    }

    func run() {
        var byte: UInt8 = 0
        var readiness = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        repeat {
            _ = poll(&readiness, 1, -1)
        } while read(descriptor, &byte, 1) > 0 && untilEnd
        waiter.finish()
    }
}
