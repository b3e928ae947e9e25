import CLinux
import Foundations
import Glibc

/// A `SOCK_SEQPACKET` Unix socket with a name in the file system, at which one peer is awaited.
@Reactor
public final class PacketListener: EventSource {
    private let fd: CInt
    private let path: String
    private var token: UInt64 = 0
    private var isOpen = true
    private var connected: CInt?
    private let closed = Wait<Void>()

    /// Listens at `folder/name`, whatever the length of the folder's path; everyone who gets there may connect.
    ///
    /// - Throws: `failed_precondition` when the socket cannot be made there.
    public init(folder: String, name: String) throws(Failure) {
        path = "\(folder)/\(name)"
        let result = corral_listen_packets(folder, name)
        guard result >= 0 else {
            throw Failure(.failedPrecondition, "cannot listen in \(folder): \(errorText(-result))")
        }
        fd = result
        super.init()
        do {
            token = try EventLoop.shared.watch(self, fd: fd, readable: true, writable: false)
        } catch {
            Glibc.close(fd)
            unlink(path)
            throw error
        }
    }

    deinit { if let connected { Glibc.close(connected) } }

    /// Waits for the peer; the name is gone when this returns.
    ///
    /// - Returns: Nil when `timeout` passed or the listener was closed before one came.
    public func connection(within timeout: Duration) async -> Descriptor? {
        let timer = Reactor.schedule(at: .now + timeout) { [weak self] in self?.close() }
        defer { timer.cancel() }
        await closed.value()
        guard let raw = connected else { return nil }
        connected = nil
        return Descriptor(owning: raw)
    }

    /// Stops listening and takes the name away; `connection` then gives nothing.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        EventLoop.shared.forget(token: token, fd: fd)
        Glibc.close(fd)
        unlink(path)
        closed.settle()
    }

    override func ready(_ readiness: Readiness) {
        let peer = corral_accept(fd)
        if peer == -EAGAIN { return }
        if peer >= 0 { connected = peer }
        close()
    }
}
