import Foundations
import Glibc

/// An HTTP/1.1 server (HTTP/1.0 too) over libmicrohttpd: TCP, TLS and Unix sockets, keep-alive, pipelining, chunked
/// requests, `Expect: 100-continue`, and its own answers to malformed, oversized and slow requests.
///
/// The handler runs as a task of its own, once for every complete request, where `start` starts it. It is never
/// told that its client left; it is cancelled only when the server stops without waiting for it any longer.
public final class HTTPServer: Sendable {
    private struct Parts {
        var acceptor: Acceptor
        var daemons: [Daemon]
        var watchdog: Task<Void, Never>
    }

    private enum State {
        case new
        case running(Parts, [ListeningSocket])
        case stopped
    }

    private let core: ServerCore
    private let state = Guarded(State.new)

    /// Stays where its caller runs until it says otherwise.
    public typealias Handler = nonisolated(nonsending) @Sendable (HTTPRequest) async -> HTTPResponse
    /// Starts a task that does the work: an actor's `Task { @MyActor in await work() }` saves the handler two hops.
    public typealias Start = @Sendable (_ work: @escaping Work) -> Task<Void, Never>
    public typealias Work = nonisolated(nonsending) @Sendable () async -> Void

    public init(
        configuration: HTTPServerConfiguration, start: @escaping Start = { work in Task { await work() } },
        handler: @escaping Handler
    ) {
        core = ServerCore(configuration: configuration, start: start, handler: handler)
    }

    /// Binds every listener and serves until `stop`. A server starts once. It must be stopped, not just dropped.
    ///
    /// - Throws: `unavailable` where an address is in use or may not be bound, `invalidArgument` where one is none or
    ///   the certificate cannot be used, `failedPrecondition` the second time.
    public func start() throws(Failure) {
        let result = state.withLock { state -> Result<Void, Failure> in
            guard case .new = state else {
                return .failure(Failure(.failedPrecondition, "the HTTP server was started before"))
            }
            do throws(Failure) {
                state = try startParts()
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// The port of the first TCP listener, once started.
    public var boundPort: Int? { sockets.lazy.compactMap(\.port).first }

    /// Where the server listens, for people: `127.0.0.1:8080`, `unix:/run/corral.sock`.
    public var addresses: [String] { sockets.map(\.name) }

    /// Clients connected now.
    public var connectionCount: Int { core.connectionCount }

    /// Stops accepting, waits at most `grace` for the requests in flight, answers the rest 503, and closes everything.
    /// Requests that arrive meanwhile on open connections are answered 503.
    public func stop(grace: Duration = .seconds(10)) async {
        let parts = state.withLock { state -> Parts? in
            defer { state = .stopped }
            if case .running(let parts, _) = state { return parts }
            return nil
        }
        guard let parts else { return }
        parts.acceptor.stop()
        core.flight.drain()
        await core.flight.wait(atMost: grace)
        core.abandonWaiting()
        await core.flight.wait(atMost: .seconds(1))
        parts.watchdog.cancel()
        await parts.watchdog.value
        for daemon in parts.daemons { daemon.stop() }
        Unmanaged.passUnretained(core).release()
    }

    private var sockets: [ListeningSocket] {
        state.withLock { if case .running(_, let sockets) = $0 { sockets } else { [] } }
    }
}

extension HTTPServer {
    private func startParts() throws(Failure) -> State {
        let configuration = core.configuration
        guard !configuration.listeners.isEmpty else {
            throw Failure(.invalidArgument, "the HTTP server has nowhere to listen", next: "give a host and port")
        }
        var sockets: [ListeningSocket] = []
        var daemons: [Daemon] = []
        do {
            let certificate = try configuration.tls.map { tls throws(Failure) in try readCertificate(tls) }
            for listener in configuration.listeners { sockets.append(try ListeningSocket(listener)) }
            var doors: [Acceptor.Door] = []
            for isTLS in [false, true] {
                let served = sockets.filter { (certificate != nil && $0.port != nil) == isTLS }
                guard !served.isEmpty else { continue }
                let daemon = try Daemon(server: core, certificate: isTLS ? certificate : nil)
                daemons.append(daemon)
                doors += served.map { Acceptor.Door(socket: $0, daemon: daemon, isTLS: isTLS) }
            }
            let acceptor = try Acceptor(doors: doors, server: core)
            // The daemons hold the core by an unretained pointer: kept until `stop`.
            _ = Unmanaged.passRetained(core)
            return .running(Parts(acceptor: acceptor, daemons: daemons, watchdog: watchdog()), sockets)
        } catch {
            for daemon in daemons { daemon.stop() }
            for socket in sockets { socket.close() }
            throw error
        }
    }

    private func watchdog() -> Task<Void, Never> {
        Task.detached { [core] in
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(500))
                core.cutLate()
            }
        }
    }
}

private func readCertificate(_ tls: HTTPServerConfiguration.TLS) throws(Failure) -> Daemon.Certificate {
    Daemon.Certificate(chain: try readPEM(tls.certificate), key: try readPEM(tls.key))
}

private func readPEM(_ path: String) throws(Failure) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    defer { if file >= 0 { close(file) } }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = file < 0 ? -1 : read(file, &bytes, bytes.count)
    guard count >= 0 else {
        throw Failure(
            .invalidArgument, "cannot read \(path): \(String(cString: strerror(errno)))",
            next: "give a PEM file that the server may read")
    }
    return Array(bytes[..<count])
}
