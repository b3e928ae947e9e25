import CLinux
import Foundations
import Glibc

/// A `SOCK_SEQPACKET` Unix socket: whole messages, with descriptors going out and the sender's identity coming in.
@Reactor
public final class PacketSocket: EventSource {
    /// One message, and the process that sent it as the kernel tells it (0 where it does not).
    public var onMessage: (@Reactor (_ bytes: [UInt8], _ process: pid_t) -> Void)?
    /// Called once when the peer is gone; not after `close`.
    public var onEnd: (@Reactor () -> Void)?

    private let fd: CInt
    private var token: UInt64 = 0
    private var isOpen = true
    private let messageLimit: Int
    /// What the peer has no room for yet, oldest first; the descriptors are duplicates.
    private var waiting: [(bytes: [UInt8], descriptors: [CInt])] = []

    /// Messages that may wait for a peer that is slow.
    private static let waitingLimit = 4096

    public init(_ descriptor: consuming Descriptor, messageLimit: Int = 65536) throws(Failure) {
        fd = descriptor.release()
        self.messageLimit = messageLimit
        super.init()
        _ = corral_pass_credentials(fd, 1)
        do {
            token = try EventLoop.shared.watch(self, fd: fd, readable: true, writable: false)
        } catch {
            Glibc.close(fd)
            throw error
        }
    }

    /// Sends one message, as soon as the peer has room; the descriptors stay the caller's.
    ///
    /// - Throws: `unavailable` when the peer is gone, or does not read at all.
    public func send(_ bytes: [UInt8], descriptors: [CInt] = []) throws(Failure) {
        var result = Int(-EPIPE)
        if isOpen { result = waiting.isEmpty ? pass(bytes, descriptors) : Int(-EAGAIN) }
        if result == Int(-EAGAIN), waiting.count < Self.waitingLimit {
            result = enqueue(bytes, descriptors)
        }
        guard result == bytes.count else {
            throw Failure(.unavailable, "a control message was not delivered: \(errorText(CInt(-result)))")
        }
    }

    private func pass(_ bytes: [UInt8], _ descriptors: [CInt]) -> Int {
        corral_send(fd, bytes, bytes.count, descriptors, CInt(descriptors.count))
    }

    /// - Returns: As if it was sent: the count of bytes, or a negative error number.
    private func enqueue(_ bytes: [UInt8], _ descriptors: [CInt]) -> Int {
        var copies: [CInt] = []
        for descriptor in descriptors {
            let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
            if copy < 0 {
                let reason = errno
                for copy in copies { Glibc.close(copy) }
                return Int(-reason)
            }
            copies.append(copy)
        }
        waiting.append((bytes, copies))
        if waiting.count == 1 { EventLoop.shared.change(token: token, fd: fd, readable: true, writable: true) }
        return bytes.count
    }

    /// Sends what waits, as far as there is room. A peer that is gone is noticed by reading.
    private func flush() {
        var sent = 0
        while sent < waiting.count, pass(waiting[sent].bytes, waiting[sent].descriptors) != Int(-EAGAIN) {
            for descriptor in waiting[sent].descriptors { Glibc.close(descriptor) }
            sent += 1
        }
        waiting.removeFirst(sent)
        if waiting.isEmpty { EventLoop.shared.change(token: token, fd: fd, readable: true, writable: false) }
    }

    public func close() {
        guard isOpen else { return }
        isOpen = false
        EventLoop.shared.forget(token: token, fd: fd)
        Glibc.close(fd)
        for descriptor in waiting.flatMap(\.descriptors) { Glibc.close(descriptor) }
        waiting = []
        onMessage = nil
        onEnd = nil
    }

    override func ready(_ readiness: Readiness) {
        if isOpen, readiness.contains(.writable) { flush() }
        while isOpen {
            var bytes = [UInt8](repeating: 0, count: messageLimit)
            var process: pid_t = 0
            var descriptors: CInt = 0
            let count = corral_receive(fd, &bytes, bytes.count, nil, &descriptors, &process)
            if count > 0 {
                bytes.removeLast(bytes.count - count)
                onMessage?(bytes, process)
            } else if count == Int(-EAGAIN) {
                return
            } else {
                let onEnd = onEnd
                close()
                onEnd?()
            }
        }
    }
}
