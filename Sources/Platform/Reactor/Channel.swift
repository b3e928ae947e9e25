import CLinux
import Foundations
import Glibc

/// A byte stream over a non-blocking descriptor: what arrives is handed on at once, what is sent waits in a bounded queue.
@Reactor
public final class Channel: EventSource {
    /// Why a channel ended.
    public enum End: Sendable, Equatable {
        case endOfFile
        case error(CInt)
        /// The peer did not read and the queue reached its bound.
        case overflow
    }

    /// Called with the bytes of each read; they are valid only during the call.
    public var onReceive: (@Reactor (UnsafeRawBufferPointer) -> Void)?
    /// Called once, when the peer ended or an error did; not after `close`.
    public var onEnd: (@Reactor (End) -> Void)?
    /// Called when everything that waited was written.
    public var onDrained: (@Reactor () -> Void)?

    private var onSender: (@Reactor (pid_t, [UInt8]) -> Void)?
    private let fd: CInt
    private var token: UInt64 = 0
    private var isOpen = true
    private var isPaused = false
    private var queue: [UInt8] = []
    private var queueStart = 0
    private let queueLimit: Int

    /// - Parameter queueLimit: The most bytes that may wait to be written.
    /// - Throws: `internal` when the descriptor cannot be watched.
    public init(_ descriptor: consuming Descriptor, queueLimit: Int = 64 << 20) throws(Failure) {
        fd = descriptor.release()
        self.queueLimit = queueLimit
        super.init()
        _ = fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK)
        do {
            token = try EventLoop.shared.watch(self, fd: fd, readable: true, writable: false)
        } catch {
            Glibc.close(fd)
            throw error
        }
    }

    /// Sends bytes in order; those that the peer cannot take yet are queued.
    public func send(_ bytes: [UInt8]) {
        guard isOpen else { return }
        var sent = 0
        if queue.isEmpty {
            sent = bytes.withUnsafeBytes { write(from: $0) }
            guard isOpen, sent < bytes.count else { return }
        }
        guard queue.count - queueStart + bytes.count - sent <= queueLimit else { return end(.overflow) }
        let wasEmpty = queue.isEmpty
        queue.append(contentsOf: bytes[sent...])
        if wasEmpty { rearm() }
    }

    /// Sends bytes with descriptors, which stay the caller's; together at once or not at all.
    ///
    /// - Returns: Whether they went out.
    public func pass(_ bytes: [UInt8], descriptors: [CInt]) -> Bool {
        guard isOpen, queue.isEmpty else { return false }
        let sent = corral_send(fd, bytes, bytes.count, descriptors, CInt(descriptors.count))
        if sent > 0, sent < bytes.count { end(.overflow) }
        return sent == bytes.count
    }

    /// Bytes that the peer has not taken yet.
    public var queuedBytes: Int { queue.count - queueStart }

    /// Stops reading, so that the peer feels back-pressure, or goes on.
    public func pause(_ paused: Bool) {
        guard isOpen, paused != isPaused else { return }
        isPaused = paused
        rearm()
    }

    /// Closes at once; nothing is called afterwards.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        EventLoop.shared.forget(token: token, fd: fd)
        Glibc.close(fd)
        queue = []
        (onReceive, onEnd, onSender, onDrained) = (nil, nil, nil, nil)
    }

    /// Hands on what is there already, without waiting for more, and closes.
    ///
    /// Of a peer that goes on writing no more than a few reads are taken.
    public func drain() {
        for _ in 0..<Self.readsAtOnce where isOpen {
            guard receive() > 0 else { break }
        }
        close()
    }

    /// Hands on what is there already, without waiting for the reactor to look. Not to be called from `onReceive`,
    /// whose bytes lie in the same buffer.
    public func receiveNow() {
        guard !isPaused, onSender == nil else { return }
        for _ in 0..<Self.readsAtOnce where isOpen {
            let count = receive()
            if count == 0 { end(.endOfFile) }
            if count <= 0 { return }
        }
    }

    private static let readsAtOnce = 16

    /// One read: the number of bytes, 0 at the end, -1 where nothing is there or an error is left in `errno`.
    private func receive() -> Int {
        let buffer = EventLoop.shared.readBuffer
        let count = read(fd, buffer.baseAddress, buffer.count)
        if count > 0 { onReceive?(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
        return count
    }

    /// Takes the peer's first message apart from the stream, together with the kernel's word for who sent it.
    ///
    /// - Parameter handler: Gets the sender's process id as seen here, and the bytes (at most 4096).
    public func expectSender(_ handler: @escaping @Reactor (_ process: pid_t, _ bytes: [UInt8]) -> Void) {
        _ = corral_pass_credentials(fd, 1)
        onSender = handler
    }

    private func receiveSender() {
        var bytes = [UInt8](repeating: 0, count: 4096)
        var process: pid_t = 0
        var descriptors: CInt = 0
        let count = corral_receive(fd, &bytes, bytes.count, nil, &descriptors, &process)
        if count == Int(-EAGAIN) { return }
        guard count > 0 else { return end(count == 0 ? .endOfFile : .error(CInt(-count))) }
        let handler = onSender
        onSender = nil
        _ = corral_pass_credentials(fd, 0)
        handler?(process, Array(bytes[..<count]))
    }

    override func ready(_ readiness: Readiness) {
        if readiness.contains(.writable) { flush() }
        guard isOpen, !isPaused, readiness.contains(.readable) || readiness.contains(.ended) else { return }
        if onSender != nil { return receiveSender() }
        let count = receive()
        if count == 0 {
            end(.endOfFile)
        } else if count < 0, errno != EAGAIN, errno != EINTR {
            end(.error(errno))
        }
    }

    private func flush() {
        let sent = queue.withUnsafeBytes { write(from: UnsafeRawBufferPointer(rebasing: $0[queueStart...])) }
        guard isOpen else { return }
        queueStart += sent
        if queueStart == queue.count {
            (queue, queueStart) = ([], 0)
            rearm()
            onDrained?()
        } else if queueStart >= 1 << 16, queueStart >= queue.count / 2 {
            // Of a peer that never catches up nothing but what it has not read is kept.
            queue.removeSubrange(..<queueStart)
            queueStart = 0
        }
    }

    private func write(from bytes: UnsafeRawBufferPointer) -> Int {
        var sent = 0
        while sent < bytes.count {
            let count = Glibc.write(fd, bytes.baseAddress.map { $0 + sent }, bytes.count - sent)
            if count > 0 {
                sent += count
            } else if errno == EAGAIN {
                break
            } else if errno != EINTR {
                end(.error(errno))
                break
            }
        }
        return sent
    }

    private func end(_ reason: End) {
        let onEnd = onEnd
        close()
        onEnd?(reason)
    }

    private func rearm() {
        EventLoop.shared.change(token: token, fd: fd, readable: !isPaused, writable: !queue.isEmpty)
    }
}
