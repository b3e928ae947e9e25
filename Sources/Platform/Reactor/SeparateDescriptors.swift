import CLinux
import Foundations
import Glibc

/// A thread with a table of descriptors of its own: files can be opened on it when the server's table is full.
///
/// For what must work then, such as ending a session: holding a descriptor open for each would fill the table sooner.
public enum SeparateDescriptors {
    private static let thread = SeparateThread()

    /// Runs short blocking work there, one piece after the other. Descriptors of the server are not valid in it, and
    /// none may be left open by it.
    public static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in thread.add { continuation.resume(returning: body()) } }
    }
}

private final class SeparateThread: Sendable {
    private let jobs = Guarded<[@Sendable () -> Void]>([])
    /// Counts jobs; initialised once and used through system calls only.
    nonisolated(unsafe) private let waiting = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() {
        sem_init(waiting, 0, 0)
        var thread = pthread_t()
        let result = pthread_create(&thread, nil, serve, Unmanaged.passRetained(self).toOpaque())
        precondition(result == 0, "the process cannot start a thread")
        pthread_detach(thread)
    }

    func add(_ job: @escaping @Sendable () -> Void) {
        jobs.withLock { $0.append(job) }
        sem_post(waiting)
    }

    /// Never returns.
    fileprivate func run() {
        corral_name_thread("descriptors")
        // Where the kernel refuses, the thread works with the common table, and fails when that is full.
        _ = corral_separate_descriptors()
        while true {
            while sem_wait(waiting) != 0 {}
            jobs.withLock { $0.removeFirst() }()
        }
    }
}

private func serve(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<SeparateThread>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}
