import CLinux
import Foundations
import Glibc

/// Keeps the number of a process from meaning another one, for as long as it is held.
public struct ProcessHandle: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// - Throws: `notFound` when there is no such process.
    public init(of id: pid_t) throws(Failure) {
        let raw = corral_pidfd_open(id)
        guard raw >= 0 else { throw Failure(.notFound, "there is no process \(id): \(errorText(-raw))") }
        descriptor = Descriptor(owning: raw)
    }

    /// Whether it has ended, reaped or not.
    public var hasEnded: Bool {
        var state = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
        return poll(&state, 1, 0) > 0
    }
}
