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

/// The shim's server and the thread that waits at its queue.
final class CoreServer: @unchecked Sendable {  // the shim's functions may be called from any thread
    let raw: OpaquePointer
    let port: Int
    private let waiting = Guarded<[CoreEvent]>([])
    private var receive: (@Reactor @Sendable ([CoreEvent]) -> Void)?
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
    }

    deinit {
        guard !hasThread else { return }
        corral_grpc_start(raw)
        corral_grpc_shutdown(raw)
        while corral_grpc_next(raw).kind != CORRAL_GRPC_SHUTDOWN {}
        corral_grpc_end(raw)
        while corral_grpc_next(raw).kind != CORRAL_GRPC_ENDED {}
        corral_grpc_destroy(raw)
    }

    /// Serves, and tells `receive` on the reactor what happened.
    func start(_ receive: @escaping @Reactor @Sendable ([CoreEvent]) -> Void) {
        self.receive = receive
        hasThread = true
        corral_grpc_start(raw)
        var thread = pthread_t()
        let result = pthread_create(&thread, nil, runCore, Unmanaged.passRetained(self).toOpaque())
        precondition(result == 0, "the process cannot start the thread of its gRPC server")
        pthread_detach(thread)
    }

    /// One burst of events wakes the reactor once.
    private func hand(_ event: CoreEvent) {
        let isFirst = waiting.withLock {
            $0.append(event)
            return $0.count == 1
        }
        guard isFirst, let receive else { return }
        Task { @Reactor in
            let events = self.waiting.withLock { events in
                defer { events = [] }
                return events
            }
            receive(events)
        }
    }

    fileprivate func run() {
        while true {
            let event = corral_grpc_next(raw)
            let token = UInt(bitPattern: event.context)
            switch event.kind {
            case CORRAL_GRPC_CALL:
                guard let call = event.call else { continue }
                hand(.call(CallHandle(call), method: Int(event.method), message: bytes(of: event)))
            case CORRAL_GRPC_MESSAGE: hand(.message(token, bytes(of: event) ?? []))
            case CORRAL_GRPC_HALF_CLOSED: hand(.halfClosed(token))
            case CORRAL_GRPC_CLOSED: hand(.closed(token, isCancelled: event.cancelled != 0))
            case CORRAL_GRPC_SHUTDOWN: hand(.shutDown)
            default:
                corral_grpc_destroy(raw)
                hand(.ended)
                return
            }
        }
    }

    private func bytes(of event: corral_grpc_event) -> [UInt8]? {
        guard let message = event.message else { return nil }
        return Array(UnsafeBufferPointer(start: message, count: event.length))
    }
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
