import CLinux
import Foundations
import Glibc

/// An open file descriptor that is closed when its owner goes away.
public struct Descriptor: ~Copyable, Sendable {
    public let raw: CInt

    public init(owning raw: CInt) { self.raw = raw }

    deinit { if raw >= 0 { close(raw) } }

    /// Gives up ownership: the caller closes it.
    public consuming func release() -> CInt {
        let raw = raw
        discard self
        return raw
    }

    /// The process that connected a Unix socket; 0 where the kernel does not tell.
    public var peerProcess: pid_t { max(0, corral_peer(raw)) }

    /// Two connected, close-on-exec Unix sockets; a child gets a blocking one, a `Channel` makes its own non-blocking.
    ///
    /// - Throws: `resourceExhausted` when the process has no descriptors left.
    public static func socketPair(packets: Bool = false) throws(Failure) -> DescriptorPair {
        var pair: [CInt] = [-1, -1]
        let type = packets ? SOCK_SEQPACKET : SOCK_STREAM
        let result = corral_socketpair(CInt(type.rawValue), &pair)
        guard result == 0 else { throw outOfDescriptors(-result) }
        return DescriptorPair(first: Descriptor(owning: pair[0]), second: Descriptor(owning: pair[1]))
    }

    /// A pipe: `first` is read, `second` is written; close-on-exec, the reading end non-blocking.
    public static func pipe() throws(Failure) -> DescriptorPair {
        var pair: [CInt] = [-1, -1]
        let result = corral_pipe(&pair)
        guard result == 0 else { throw outOfDescriptors(-result) }
        _ = fcntl(pair[0], F_SETFL, O_NONBLOCK)
        return DescriptorPair(first: Descriptor(owning: pair[0]), second: Descriptor(owning: pair[1]))
    }

    /// A file in memory that holds `bytes`, positioned at its beginning.
    public static func memory(_ name: String, holding bytes: [UInt8]) throws(Failure) -> Descriptor {
        let raw = corral_memfd(name)
        guard raw >= 0 else { throw outOfDescriptors(-raw) }
        let descriptor = Descriptor(owning: raw)
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                pwrite(raw, $0.baseAddress! + offset, bytes.count - offset, off_t(offset))
            }
            guard count > 0 else { throw Failure(.resourceExhausted, "cannot write \(name): \(errorText(errno))") }
            offset += count
        }
        return descriptor
    }

    private static func outOfDescriptors(_ number: CInt) -> Failure {
        Failure(
            .resourceExhausted, "the server cannot open another descriptor: \(errorText(number))",
            next: "close sessions, or raise the limit of open files (ulimit -n)")
    }
}

@frozen
public struct DescriptorPair: ~Copyable, Sendable {
    public var first: Descriptor
    public var second: Descriptor

}
