import CGRPC
import CLinux
import Foundations
import Glibc
import Reactor

/// What the completion queue told, with its bytes copied.
enum CoreEvent: Sendable {
    case call(CallHandle, method: Int, message: [UInt8]?)
    case message(UInt, [UInt8])
    case halfClosed(UInt)
    case closed(UInt, isCancelled: Bool)
    case shutDown
    case ended
}

/// The shim's server and its queue, at which a thread waits while the reactor's sleeps.
///
/// The two take turns: what the thread finds wakes the reactor, which from then on looks at the queue itself until it has
/// had nothing to do for a while.
final class CoreServer: @unchecked Sendable {  // the shim's functions may be called from any thread
    let raw: OpaquePointer
    let port: Int
    private var receive: (@Reactor @Sendable (CoreEvent) -> Void)?
    /// Posted when it is the thread's turn.
    private let turn = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    /// The queue has ended; set before the thread's last turn.
    private var hasEnded = false
    /// The thread destroys a server that ran.
    private var hasThread = false

    init(_ configuration: GRPCConfiguration) throws(Failure) {
        var problem: UnsafePointer<CChar>?
        let tls = configuration.tls
        let raw = withOptional(tls?.certificate) { certificate in
            withOptional(tls?.key) { key in
                withOptional(tls?.clientRoots) { roots in
                    configuration.address.withCString { address in
                        var options = corral_grpc_options(
                            address: address, certificate: certificate, key: key, client_roots: roots,
                            message_limit: CInt(clamping: configuration.messageLimit),
                            metadata_limit: CInt(clamping: configuration.metadataLimit),
                            stream_limit: CInt(clamping: configuration.streamLimit),
                            keepalive_time: milliseconds(configuration.keepAlive.time),
                            keepalive_timeout: milliseconds(configuration.keepAlive.timeout),
                            shortest_ping: milliseconds(configuration.shortestPing),
                            window: CInt(clamping: configuration.window), backlog: configuration.backlog)
                        return corral_grpc_create(&options, &problem)
                    }
                }
            }
        }
        guard let raw else {
            let text = problem.map { String(cString: $0) } ?? ""
            throw Failure(
                .failedPrecondition, "no gRPC server on \(configuration.address): \(text)",
                next: "look whether another program listens there, and whether certificate and key belong together")
        }
        self.raw = raw
        port = Int(corral_grpc_port(raw))
        sem_init(turn, 0, 0)
    }

    deinit {
        sem_destroy(turn)
        turn.deallocate()
        guard !hasThread else { return }
        corral_grpc_start(raw)
        corral_grpc_shutdown(raw)
        while corral_grpc_next(raw).kind != CORRAL_GRPC_SHUTDOWN {}
        corral_grpc_end(raw)
        while corral_grpc_next(raw).kind != CORRAL_GRPC_ENDED {}
        corral_grpc_destroy(raw)
    }

    /// Serves, and tells `receive` on the reactor what happened.
    func start(_ receive: @escaping @Reactor @Sendable (CoreEvent) -> Void) {
        self.receive = receive
        hasThread = true
        corral_grpc_start(raw)
        var thread = pthread_t()
        let result = pthread_create(&thread, nil, runCore, Unmanaged.passRetained(self).toOpaque())
        precondition(result == 0, "the process cannot start the thread of its gRPC server")
        pthread_detach(thread)
    }

    /// What the thread does.
    fileprivate func run() {
        while !hasEnded {
            let event = corral_grpc_next(raw)
            if event.kind == CORRAL_GRPC_ENDED { break }
            let found = read(event)
            Task { @Reactor in
                Reactor.attend(self)
                if let found { self.receive?(found) }
            }
            while sem_wait(turn) != 0 {}
        }
        corral_grpc_destroy(raw)
        Task { @Reactor in self.receive?(.ended) }
    }

    private func read(_ event: corral_grpc_event) -> CoreEvent? {
        let token = UInt(bitPattern: event.context)
        switch event.kind {
        case CORRAL_GRPC_CALL:
            return event.call.map { .call(CallHandle($0), method: Int(event.method), message: bytes(of: event)) }
        case CORRAL_GRPC_MESSAGE: return .message(token, bytes(of: event) ?? [])
        case CORRAL_GRPC_HALF_CLOSED: return .halfClosed(token)
        case CORRAL_GRPC_CLOSED: return .closed(token, isCancelled: event.cancelled != 0)
        default: return .shutDown
        }
    }

    private func bytes(of event: corral_grpc_event) -> [UInt8]? {
        guard let message = event.message else { return nil }
        return Array(UnsafeBufferPointer(start: message, count: event.length))
    }
}

extension CoreServer: AttendedQueue {
    /// Events that are taken before others on the reactor have their turn.
    private static let burst = 64

    func takeWaiting() -> Bool {
        for count in 0..<Self.burst {
            let event = corral_grpc_poll(raw)
            switch event.kind {
            case CORRAL_GRPC_NONE: return count > 0
            case CORRAL_GRPC_ENDED:
                hasEnded = true
                Reactor.dismiss()
                return true
            default: if let found = read(event) { receive?(found) }
            }
        }
        return true
    }

    func handOver() { sem_post(turn) }
}

private func runCore(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    corral_name_thread("grpc")
    Unmanaged<CoreServer>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}

private func milliseconds(_ duration: Duration) -> CInt { CInt(clamping: Int(duration / .milliseconds(1))) }

private func withOptional<Result>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
    guard let text else { return body(nil) }
    return text.withCString(body)
}
