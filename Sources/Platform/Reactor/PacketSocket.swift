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

    /// Sends one message; the descriptors stay the caller's.
    ///
    /// - Throws: `unavailable` when the peer is gone or does not read.
    public func send(_ bytes: [UInt8], descriptors: [CInt] = []) throws(Failure) {
        let result = isOpen ? corral_send(fd, bytes, bytes.count, descriptors, CInt(descriptors.count)) : Int(-EPIPE)
        guard result == bytes.count else {
            throw Failure(.unavailable, "a control message was not delivered: \(errorText(CInt(-result)))")
        }
    }

    public func close() {
        guard isOpen else { return }
        isOpen = false
        EventLoop.shared.forget(token: token, fd: fd)
        Glibc.close(fd)
        onMessage = nil
        onEnd = nil
    }

    override func ready(_ readiness: Readiness) {
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
