import Glibc

/// A value that one thread at a time may touch.
///
/// The standard library's `Mutex` is a bare futex on Linux, which ThreadSanitizer cannot see: every use of it is
/// reported as a race. This one is a `pthread_mutex_t`, so that the sanitized tests of the server say something.
public struct Guarded<Value>: ~Copyable, @unchecked Sendable {  // the value is only reached through the lock
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let value: UnsafeMutablePointer<Value>

    public init(_ value: consuming sending Value) {
        lock = .allocate(capacity: 1)
        lock.initialize(to: pthread_mutex_t())
        pthread_mutex_init(lock, nil)
        self.value = .allocate(capacity: 1)
        self.value.initialize(to: value)
    }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
        value.deinitialize(count: 1)
        value.deallocate()
    }

    public borrowing func withLock<Result, Thrown: Error>(
        _ body: (inout sending Value) throws(Thrown) -> sending Result
    ) throws(Thrown) -> sending Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return try body(&value.pointee)
    }
}
