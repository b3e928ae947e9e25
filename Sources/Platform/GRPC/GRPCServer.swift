import CGRPC
import Foundations
import Reactor

/// A gRPC server: one thread waits at the core's completion queue, the handlers run on the reactor.
@Reactor
public final class GRPCServer {
    /// What it is bound to.
    public let port: Int
    private let core: CoreServer
    private let methods: [GRPCMethod]
    private let streams: [String: GRPCMethod.Stream]
    /// Those that are told of something: streams, and calls that are watched.
    private var open: [UInt: GRPCCall] = [:]
    private var lastToken: UInt = 0
    private var running = 0
    private var whenIdle: [CheckedContinuation<Void, Never>] = []
    private var hasShutDown = false
    private var hasEnded = false
    private var isStopping = false

    /// Binds a server to its address.
    ///
    /// - Throws: `failed_precondition` where the address cannot be bound or the certificate not used.
    public static func bind(
        _ configuration: GRPCConfiguration, methods: [GRPCMethod]
    ) async throws(Failure) -> GRPCServer {
        let core = try await offload { () throws(Failure) in try CoreServer(configuration) }
        return try GRPCServer(core, methods: methods)
    }

    private init(_ core: CoreServer, methods: [GRPCMethod]) throws(Failure) {
        self.core = core
        port = core.port
        var streams: [String: GRPCMethod.Stream] = [:]
        var registered: [GRPCMethod] = []
        for method in methods {
            switch method.kind {
            case .stream(let handler): streams[method.path] = handler
            case .unary:
                let number = corral_grpc_register(core.raw, method.path, method.waiting)
                guard number == registered.count else {
                    throw Failure(.internal, "the gRPC method \(method.path) cannot be registered")
                }
                registered.append(method)
            }
        }
        self.streams = streams
        self.methods = registered
    }

    public func start() {
        core.start { [self] in take($0) }
    }

    /// Stops in order: no new calls, running ones may end within `grace`, the rest is cancelled, the thread ends.
    public func stop(grace: Duration) async {
        guard !isStopping else { return }
        isStopping = true
        corral_grpc_shutdown(core.raw)
        let timer = Reactor.schedule(at: .now + grace) { [core] in corral_grpc_cancel_all(core.raw) }
        await until { $0.hasShutDown && $0.running == 0 }
        timer.cancel()
        corral_grpc_end(core.raw)
        await until { $0.hasEnded }
    }

    private func until(_ holds: (GRPCServer) -> Bool) async {
        while !holds(self) {
            await withCheckedContinuation { whenIdle.append($0) }
        }
    }

    private func changed() {
        let waiting = whenIdle
        whenIdle = []
        for continuation in waiting { continuation.resume() }
    }

    private func take(_ event: CoreEvent) {
        switch event {
        case .call(let handle, let method, let message): begin(handle, method, message)
        case .message(let token, let bytes): open[token]?.handler?.received(bytes)
        case .halfClosed(let token): open[token]?.handler?.halfClosed()
        case .closed(let token, let isCancelled):
            guard let call = open.removeValue(forKey: token) else { return }
            if isCancelled { call.wasCancelled() }
            if let handler = call.handler {
                call.handler = nil
                handler.closed()
                ended()
            }
        case .shutDown:
            hasShutDown = true
            changed()
        case .ended:
            hasEnded = true
            changed()
        }
    }

    private func begin(_ handle: CallHandle, _ method: Int, _ message: [UInt8]?) {
        let call = GRPCCall(handle)
        running += 1
        guard methods.indices.contains(method) else { return beginStream(call) }
        guard case .unary(let handler) = methods[method].kind, let message else {
            call.finish(GRPCStatus(.internal, "the call came without a message that can be read"))
            return ended()
        }
        let token = methods[method].isWatched ? watch(call) : nil
        Task.immediate {
            do throws(GRPCStatus) {
                call.finish(try await handler(call, message), .ok)
            } catch {
                call.finish(error)
            }
            if let token { open[token] = nil }
            ended()
        }
    }

    private func beginStream(_ call: GRPCCall) {
        let path = call.path
        do throws(GRPCStatus) {
            guard let accept = streams[path] else {
                throw GRPCStatus(.unimplemented, "there is no method \(path.prefix(200))")
            }
            call.handler = try accept(call)
            _ = watch(call)
        } catch {
            call.finish(error)
            ended()
        }
    }

    private func watch(_ call: GRPCCall) -> UInt {
        lastToken += 1
        open[lastToken] = call
        corral_grpc_open(call.handle.raw, UnsafeMutableRawPointer(bitPattern: lastToken))
        return lastToken
    }

    private func ended() {
        running -= 1
        if isStopping && running == 0 { changed() }
    }
}

extension GRPCCall {
    fileprivate nonisolated var path: String {
        var length = 0
        guard let text = corral_grpc_path(handle.raw, &length) else { return "" }
        return text.withMemoryRebound(to: UInt8.self, capacity: length) {
            String(decoding: UnsafeBufferPointer(start: $0, count: length), as: UTF8.self)
        }
    }
}
